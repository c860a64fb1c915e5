/**
 * What a configuration says that comes to nothing here, for whoever posts or reads it.
 */
import type { ConfigContent } from './library-wire.js';

export interface ConfigWarning {
  /** As `language_model`. */
  readonly field: string;
  readonly message: string;
}

/** @param webhookRefusalOf why nothing is sent to an address; null where something is */
export function warningsOf(
  content: ConfigContent,
  webhookRefusalOf: (url: string) => string | null,
): readonly ConfigWarning[] {
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
  for (const refusal of new Set((webhooks ?? []).map(({ url }) => webhookRefusalOf(url))))
    if (refusal !== null) warnings.push({ field: 'webhooks', message: refusal });
  return warnings;
}
