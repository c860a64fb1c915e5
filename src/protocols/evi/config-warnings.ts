/**
 * What a configuration says that comes to nothing here, for whoever posts or reads it.
 */
import type { ConfigContent } from './library-wire.js';

export interface ConfigWarning {
  /** As `language_model`. */
  readonly field: string;
  readonly message: string;
}

export function warningsOf(content: ConfigContent): readonly ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  const warn = (isSo: boolean, field: string, message: string): void => {
    if (isSo) warnings.push({ field, message });
  };
  const { language_model: model, ellm_model: ellm, builtin_tools: tools, webhooks } = content;
  warn(model !== undefined && model !== null, 'language_model', 'The language model of the server answers.');
  warn(ellm?.allow_short_responses === true, 'ellm_model', 'There are no short responses ahead of the answer.');
  warn(
    (tools ?? []).some(({ name }) => name === 'web_search'),
    'builtin_tools',
    'web_search is not there; a tool of your own can search.',
  );
  warn((webhooks ?? []).length > 0, 'webhooks', 'Webhooks are not sent.');
  return warnings;
}
