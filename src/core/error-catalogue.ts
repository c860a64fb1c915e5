/**
 * Every error code with its meaning, the hint shown with it and whether the call survives it.
 *
 * docs/errors.md is written from this table and a test keeps the two equal. Add a code here before raising it.
 */

export interface ErrorCatalogueEntry {
  /** What happened, one sentence for the documentation. */
  readonly meaning: string;
  /** What the reader can do about it, one sentence. */
  readonly hint: string;
  /** True when the call (or the process, for start-up errors) goes on after it. */
  readonly recoverable: boolean;
}

const entry = (meaning: string, hint: string, recoverable: boolean): ErrorCatalogueEntry => ({
  meaning,
  hint,
  recoverable,
});

export const errorCatalogue = {
  // core
  QUEUE_CLOSED: entry(
    'Something was pushed to a queue that has ended.',
    'The receiving side is gone; stop sending.',
    false,
  ),
  QUEUE_FULL: entry('A bounded queue that rejects when full is full.', 'Send more slowly or raise the limit.', true),
  INVARIANT_BROKEN: entry(
    'An internal assumption does not hold; this is a defect in Attune.',
    'Report it with the log lines around it.',
    false,
  ),
  // audio
  AUDIO_FORMAT_UNSUPPORTED: entry(
    'The audio file or stream has a format Attune cannot read.',
    'Use WAV (8/16/24/32-bit, float, A-law, μ-law) or Ogg Opus.',
    true,
  ),
  AUDIO_CORRUPT: entry(
    'The audio data contradicts its own header or ends early.',
    'Check that the file or message arrived whole.',
    true,
  ),
  AUDIO_ODD_BYTE_COUNT: entry(
    '16-bit audio arrived with an odd number of bytes.',
    'Send whole samples of two bytes.',
    true,
  ),
  AUDIO_SAMPLE_INVALID: entry(
    'Audio samples are NaN, infinite or outside −1…1 by far.',
    'Send finite samples in −1…1.',
    true,
  ),
  AUDIO_RATE_UNSUPPORTED: entry(
    'The sample rate is not one this input accepts.',
    'Use a rate the message names.',
    true,
  ),
  // inference
  OVERLOADED: entry(
    'The queue in front of a model is full.',
    'Try again shortly, lower the number of calls or add workers.',
    true,
  ),
  DEADLINE_EXCEEDED: entry(
    'A request could not be served before its deadline and was refused.',
    'Lower the load or allow more time.',
    true,
  ),
  BATCH_SIZE_CHANGED: entry(
    'A model returned another number of rows than it was given.',
    'The model file does not fit its wrapper; verify it with `attune models verify`.',
    false,
  ),
  MODEL_MISSING: entry(
    'A model file is not where the manifest says.',
    'Run `attune models verify`; reinstall the package.',
    false,
  ),
  MODEL_CORRUPT: entry(
    'A model file does not match its checksum or cannot be loaded.',
    'Run `attune models verify`; reinstall the package.',
    false,
  ),
  MODEL_INTERFACE_MISMATCH: entry(
    'A model file has other inputs or outputs than its wrapper expects.',
    'Use the file the manifest names.',
    false,
  ),
  MODEL_UNKNOWN: entry('No model of that name is in the manifest or the catalogue.', 'See `attune models list`.', true),
  CATALOGUE_INVALID: entry(
    'A catalogue of models to pull cannot be read, or lists something that is not allowed.',
    'The message names the field; docs/recognisers-download.md has the format.',
    true,
  ),
  LICENCE_NOT_ACCEPTED: entry(
    'The licence of a model was not accepted, so nothing was downloaded.',
    'Read it, then answer y on a terminal or pass --accept-licence.',
    true,
  ),
  ADDRESS_REFUSED: entry(
    'An address, or one it redirects to, is not HTTPS, has a user name in it or leads from outside onto this machine.',
    'Use an https address; plain http is for this machine alone.',
    true,
  ),
  DIGEST_UNKNOWN: entry(
    'Nobody published a digest of a file, so what arrives could not be checked.',
    'Pass --sha256 with a digest you trust, or --trust-first-download to hold later pulls to what comes now.',
    true,
  ),
  DOWNLOAD_FAILED: entry(
    'A file could not be fetched from its home.',
    'Run the command again; what has arrived is kept.',
    true,
  ),
  DOWNLOAD_MISMATCH: entry(
    'A file has another size or digest than it should have; it was thrown away.',
    'Run the command again; if it stays so, the file at the home is another one and must not be used.',
    true,
  ),
  MODEL_HOME_UNUSABLE: entry(
    'The model home cannot be written to or has too little room.',
    'Choose another with --model-home or ATTUNE_MODEL_HOME, or make room.',
    true,
  ),
  INFERENCE_FAILED: entry('A model run failed.', 'The next request is tried afresh; look at the cause.', true),
  PROVIDER_UNAVAILABLE: entry(
    'None of the requested execution providers can be used here.',
    'See `attune doctor` for the reason of each refusal.',
    false,
  ),
  WORKER_CRASHED: entry(
    'A worker thread ended unexpectedly.',
    'The worker is restarted; the requests it held are lost.',
    true,
  ),
  // stages
  LANGUAGE_UNSUPPORTED: entry('The stage has no model for that language.', 'Use a language the message names.', true),
  UTTERANCE_TOO_LONG: entry(
    'One utterance is longer than the limit; the rest was not transcribed.',
    'Pause between sentences or raise the limit.',
    true,
  ),
  STT_UNAVAILABLE: entry(
    'The chosen recogniser is not installed.',
    'Install the package the message names or choose another sttEngine.',
    false,
  ),
  TRANSCRIPTION_FAILED: entry(
    'The transcription server could not be reached, refused or answered what cannot be read.',
    'Check the base URL, the key, the model name and the server behind it.',
    true,
  ),
  RESPONDER_FAILED: entry(
    'The language model could not be reached or broke off.',
    'Check the base URL, the key and the server behind it.',
    true,
  ),
  RESPONDER_TIMEOUT: entry(
    'The language model did not send its first token in time.',
    'Check the language model server’s load.',
    true,
  ),
  SYNTHESIS_FAILED: entry(
    'The voice could not be made for a clause.',
    'Look at the cause; the reply’s text is complete.',
    true,
  ),
  TTS_UNAVAILABLE: entry(
    'The chosen voice engine is not installed.',
    'Install the package the message names or choose another engine.',
    false,
  ),
  VOICE_UNKNOWN: entry('No voice of that name exists.', 'Use a voice the message names.', true),
  EMOTION_PURPOSE_FORBIDDEN: entry(
    'Emotion inference is not allowed for the stated purpose.',
    'The EU AI Act, Article 5(1)(f), forbids it at work and in education.',
    true,
  ),
  TENANTS_INVALID: entry(
    'The file of tenants cannot be read or says something that is not understood.',
    'docs/tenants.md shows what it may say.',
    false,
  ),
  RULES_INVALID: entry(
    'The file of response rules says something that is not understood.',
    'Run `attune rules check FILE`; docs/response.md lists every key. The rules that were in force stay in force.',
    true,
  ),
  RECORD_INVALID: entry(
    'A recorded turn cannot be read.',
    'Take the file as `attune memory recordings` or `attune explain --save` wrote it.',
    true,
  ),
  RECORDING_CONSENT_MISSING: entry(
    'A turn was to be recorded of a person who has not agreed to it.',
    'Record the consent first: PUT /v1/memory/people/ID/consent or `attune memory consent ID recording given`.',
    true,
  ),
  ESCALATION_UNDELIVERED: entry(
    'The operator could not be told that a caller needs a person.',
    'Look at the server of --escalation-webhook-url; the event attune.escalation went to the client all the same.',
    true,
  ),
  WEBHOOK_UNDELIVERED: entry(
    'A server that an EVI configuration names could not be told of a chat.',
    'Look at that server; the chat itself was not touched by it.',
    true,
  ),
  // memory
  MEMORY_UNAVAILABLE: entry(
    'What is remembered about people cannot be read or written.',
    'Look at the disk and the permissions of --memory-path, or at the Redis of --memory-url.',
    true,
  ),
  MEMORY_ERASURE_UNFINISHED: entry(
    'What was to be forgotten can no longer be read, but the files of the store may still hold traces of it.',
    'Erase again: end long readers of the --memory-path file first, or let the Redis of --memory-url answer INFO, CONFIG, BGREWRITEAOF and BGSAVE.',
    true,
  ),
  MEMORY_KEY_INVALID: entry(
    'The key of the emotional memory is missing or malformed.',
    'Make one with `attune memory new-key` and set ATTUNE_MEMORY_KEY or --memory-key-file.',
    false,
  ),
  MEMORY_SEALED: entry(
    'A remembered record cannot be opened with the keys at hand.',
    'Add the older key behind the newest, separated by a comma, until `attune memory rotate` has sealed everything again.',
    true,
  ),
  MEMORY_CONSENT_MISSING: entry(
    'Something was to be remembered of a person who has not agreed.',
    'Record the consent first: PUT /v1/memory/people/ID/consent or `attune memory consent`.',
    true,
  ),
  // privacy
  AUDIT_UNAVAILABLE: entry(
    'The audit log cannot be opened or written.',
    'Look at the disk and the permissions of --audit-log.',
    false,
  ),
  AUDIT_BROKEN: entry(
    'The chain of the audit log does not hold: an entry was changed, dropped, or sealed with another key.',
    'Keep the file as evidence, see `attune audit verify`, and start with another --audit-log.',
    false,
  ),
  // session and protocols
  invalid_event: entry(
    'A client message is not valid JSON or not a known event.',
    'See docs/protocols/openai-realtime.md for the events.',
    true,
  ),
  invalid_value: entry(
    'A field of a client message has a value that is not allowed.',
    'The message names the field and what it accepts.',
    true,
  ),
  missing_required_parameter: entry('A client message lacks a required field.', 'Add the named field.', true),
  response_cancel_not_active: entry('There is no response to cancel.', 'Nothing to do: it has ended already.', true),
  conversation_already_has_active_response: entry(
    'A response is being made already.',
    'Wait for response.done or cancel it first.',
    true,
  ),
  item_retrieve_invalid_item_id: entry(
    'No conversation item has that id.',
    'Use an id from a conversation.item event.',
    true,
  ),
  item_not_found: entry('No conversation item has that id.', 'Use an id from a conversation.item event.', true),
  input_audio_buffer_commit_empty: entry(
    'The input audio buffer holds (almost) no audio.',
    'Append at least 100 ms of audio first.',
    true,
  ),
  unsupported_content_type: entry(
    'The operation does not apply to that kind of item.',
    'Only spoken assistant items can be truncated.',
    true,
  ),
  item_limit_reached: entry(
    'The conversation holds the maximum number of items.',
    'Delete items or start a new session.',
    true,
  ),
  CALL_ON_HOLD: entry(
    'Something was to be said to a caller who is on hold.',
    'Take the call back first: `attune.call.take_back`, or POST /v1/calls/ID/take-back.',
    true,
  ),
  session_expired: entry('The session reached its maximum duration.', 'Connect again.', false),
  transcription_failed: entry('An utterance could not be transcribed.', 'The call goes on; look at the cause.', true),
  // server
  SIGNATURE_INVALID: entry(
    'A request that must be signed by a telephone platform is not, or not with the token this server knows.',
    'Set the auth token and the public URL exactly as the platform has them.',
    false,
  ),
  SIGNATURE_UNACCEPTED: entry(
    'A connection that must be signed as HTTP messages are is not, or wrongly, too late, or a second time.',
    'Give the integration the client secret and the public URL that this server has, and keep both clocks right.',
    false,
  ),
  UNAUTHORIZED: entry(
    'The API key is missing or wrong.',
    'Send `Authorization: Bearer KEY` or the subprotocol `openai-insecure-api-key.KEY`.',
    false,
  ),
  KEY_SCOPE_MISSING: entry(
    'The API key is good for other things than this.',
    'Use a key with the scope the message names; docs/tenants.md says which there are.',
    false,
  ),
  ORIGIN_REFUSED: entry(
    'A browser’s page of another origin wanted to use the server.',
    'List the page’s origin with --allowed-origins.',
    false,
  ),
  RATE_LIMITED: entry(
    'The API key has used up what it may use at once or in a minute.',
    'Try again later, or raise the limits of the key; docs/tenants.md has them.',
    false,
  ),
  NOT_FOUND: entry('There is no such path.', 'See the README for the paths.', true),
  NAME_TAKEN: entry(
    'A configuration, prompt or tool of that name is there already.',
    'Choose another name, or add a version to the one that is there.',
    true,
  ),
  MESSAGE_TOO_LARGE: entry(
    'A message is larger than the limit.',
    'Split it; audio may come in any number of messages.',
    false,
  ),
  SLOW_CONSUMER: entry(
    'The client does not read what it is sent.',
    'Read the socket; the connection was closed.',
    false,
  ),
  TOO_MANY_CALLS: entry('The server has its maximum number of calls.', 'Try again later or another server.', false),
  SERVER_BUSY: entry(
    'The machine does not keep up with the calls it has, so that it takes no new ones.',
    'Try again later or another server; see `shedLoad` and the metric attune_load_level.',
    false,
  ),
  SERVER_STARTING: entry('The server still loads its models.', 'Try again shortly; /ready says when.', false),
  SERVER_DRAINING: entry('The server is shutting down.', 'Connect to another server or again later.', false),
  PORT_IN_USE: entry('The port is taken by another process.', 'Choose another with --port or ATTUNE_PORT.', false),
  OPTION_INVALID: entry(
    'A configuration option has a value that is not allowed.',
    'The message names the option, its variable and its flag.',
    false,
  ),
  CONFIG_FILE_INVALID: entry(
    'The configuration file cannot be read.',
    'It must be YAML or JSON with the options of `attune serve --help`.',
    false,
  ),
  // command line
  MANIFEST_INVALID: entry(
    'A list of recordings lacks a column, a cell or recordings.',
    'It needs the tab-separated columns `file` and `transcript`, by header or in this order.',
    false,
  ),
  ARCHIVE_CORRUPT: entry(
    'An archive of recordings is no whole, uncompressed tar file.',
    'Pack it again with `tar -cf`, or unpack it beside the manifest.',
    true,
  ),
  FILE_UNREADABLE: entry('A file cannot be opened.', 'Check the path and the permissions.', true),
  RECORDER_MISSING: entry(
    'No microphone recorder is installed, or it stopped.',
    'Install sox (`apt install sox`) or arecord (`alsa-utils`).',
    false,
  ),
  SCRIPT_INVALID: entry(
    'A script of the laboratory, or a report to compare, says something that is not understood.',
    'The message names the line and the field; docs/lab.md lists every key.',
    false,
  ),
  CONNECTION_FAILED: entry(
    'The server could not be reached or closed the connection.',
    'Check the URL and that the server runs.',
    false,
  ),
  MICROPHONE_DENIED: entry(
    'The microphone of a web page was not allowed.',
    'Allow the microphone for this page in the browser, then try again.',
    true,
  ),
  MICROPHONE_MISSING: entry(
    'A web page finds no microphone, or it was unplugged.',
    'Connect a microphone, then try again.',
    true,
  ),
  MICROPHONE_UNAVAILABLE: entry(
    'A web page cannot open the microphone.',
    'Open the page over HTTPS or on this machine, and close programs that hold the microphone.',
    true,
  ),
  INTERNAL: entry('Something failed that has no code of its own.', 'Report it with the log lines around it.', true),
} as const satisfies Record<string, ErrorCatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
