/**
 * Everyday talk: what a caller may say in passing, and what is answered.
 *
 * Data. `{self}` is the assistant's introduction, `{caller}` the caller's name with a comma before it, if known. Several
 * phrasings take turns. Answers that must be worked out are in computed-replies.ts, requests with questions of their own
 * in support-scenarios.ts.
 */
import type { ReplyIntent } from '../responder.js';
import type { Cue } from './utterance.js';

export interface SmallTalk {
  readonly id: string;
  readonly cues: readonly Cue[];
  readonly intent: ReplyIntent;
  readonly phrasings: readonly string[];
  /** True when the answer ends in asking whether there is more to do. */
  readonly asksForMore?: true;
  /** What is said when the caller goes on in words that mean nothing else; the reply has asked them to. */
  readonly followUps?: readonly string[];
  /** True when something else that was said with it should be answered instead. */
  readonly givesWay?: true;
}

export const smallTalk: readonly SmallTalk[] = [
  {
    id: 'greeting',
    cues: ['^hello', '^hi', '^hey', '^good morning|afternoon|evening', '=greetings', '^hiya'],
    intent: 'greet',
    givesWay: true,
    phrasings: [
      'Hello{caller}, {self}. How can I help you?',
      'Hi there{caller}, {self}. What can I do for you?',
      'Good to hear you{caller}, {self}. How can I help?',
    ],
  },
  {
    id: 'how-are-you',
    cues: [
      'how are you',
      'how is it going',
      'how do you do',
      'are you well|okay|alright',
      'how is your day',
      'what is up',
    ],
    intent: 'greet',
    phrasings: [
      'I am doing well, thank you. How are you today?',
      'All is well here, thanks for asking. And how are you?',
    ],
    followUps: ['Thank you for telling me. What can I do for you?'],
  },
  {
    id: 'caller-is-well',
    cues: [
      '=i am fine|good|great|well|okay|alright',
      '=fine thanks|thank',
      '=doing good|well|fine|great',
      '=not bad',
      '=very well thank',
    ],
    intent: 'acknowledge',
    asksForMore: true,
    phrasings: ['Good to hear. What can I do for you?', 'Glad to hear that. What would you like to talk about?'],
  },
  {
    id: 'agreement',
    cues: ['=yes', '=yeah', '=yes please', '=okay', '=alright', '=sure'],
    intent: 'acknowledge',
    givesWay: true,
    phrasings: ['Good. What can I do for you?', 'All right. What would you like to do?'],
  },
  {
    id: 'declining',
    cues: ['=no thanks|thank'],
    intent: 'acknowledge',
    phrasings: ['All right. I am here if you need anything.', 'That is fine. Just tell me if something comes up.'],
  },
  {
    id: 'thanks',
    cues: ['thank you', 'thanks', 'thank', 'appreciate it|that', '=cheers'],
    intent: 'acknowledge',
    givesWay: true,
    asksForMore: true,
    phrasings: [
      'You are welcome{caller}. Is there anything else?',
      'My pleasure. Anything else I can do?',
      'Gladly. Is there something else on your mind?',
    ],
  },
  {
    id: 'farewell',
    cues: [
      '^bye|goodbye',
      'goodbye',
      '=bye bye',
      '=thanks bye',
      '=thank you bye',
      'see you later|soon|tomorrow',
      'have a good|nice day|evening|night',
      'good night',
      'that is all',
      'that will be all',
      'i have to go',
      'hang up',
    ],
    intent: 'farewell',
    phrasings: [
      'Goodbye{caller}, and take care.',
      'Thank you for calling{caller}. Goodbye.',
      'Have a good day{caller}. Bye for now.',
    ],
  },
  {
    id: 'apology',
    cues: ['=sorry', '^i am sorry', 'i apologise|apologize', '=my bad', 'excuse me'],
    intent: 'reassure',
    givesWay: true,
    phrasings: ['No need to apologise. Please go on.', 'That is quite all right. Go ahead.'],
  },
  {
    id: 'compliment',
    cues: [
      'you are great|amazing|wonderful|awesome|brilliant|helpful|smart|kind|nice',
      'good job|work',
      'well done',
      'i like|love you',
      '=perfect',
      '=great',
      '=excellent',
      '=wonderful',
    ],
    intent: 'good-news',
    phrasings: ['That is kind of you. What else can I do?', 'Thank you, that is good to hear.'],
  },
  {
    id: 'insult',
    cues: [
      'you are stupid|useless|dumb|terrible|awful|idiot|rubbish|annoying|worst',
      'shut up',
      'i hate you',
      'stupid machine|robot|computer|bot',
    ],
    intent: 'apologise',
    phrasings: [
      'I am sorry I have not been more help. Tell me in one sentence what you need, and I will do what I can.',
      'I hear that this is not going well. What is the most important thing for you right now?',
    ],
  },
  {
    id: 'are-you-human',
    cues: [
      'are you real|human person|human',
      'are you human|real|robot|machine|bot|computer|ai|person',
      'am i talking|speaking to robot|machine|computer|human|person',
      'is this robot|machine|recording',
    ],
    intent: 'inform',
    phrasings: [
      'I am a computer program, not a person. I answer from a fixed set of rules, without a language model.',
      'No, I am not a person. I am a small program with simple rules, and I try to be honest about it.',
    ],
  },
  {
    id: 'capabilities',
    cues: [
      'what can you do',
      'what do you do',
      'how can you help',
      'what are you able',
      'what can i ask|say',
      '=help',
      '^help me',
      'i need help',
      'can you help',
      'what are my options|choices',
    ],
    intent: 'inform',
    givesWay: true,
    phrasings: [
      'I can tell the time and date, do sums, spell words, and take down details about orders, refunds, bills, appointments and problems. What do you need?',
      'You can ask me the time, give me a sum, or tell me about an order, a bill, a refund or a complaint. Where shall we begin?',
    ],
  },
  {
    id: 'can-you-hear-me',
    cues: [
      'can you hear me',
      'do you hear me',
      'are you there',
      '=hello hello',
      'is anybody|anyone|someone|somebody there',
    ],
    intent: 'reassure',
    phrasings: ['Yes, I can hear you. Go ahead.', 'I am here, and I can hear you. What can I do for you?'],
  },
  {
    id: 'wait',
    cues: [
      'hold on',
      '^wait',
      'one moment|second|minute',
      'just moment|second|minute',
      'give me moment|second|minute',
      'hang on',
    ],
    intent: 'acknowledge',
    givesWay: true,
    phrasings: ['Take your time.', 'Of course, I will wait.'],
  },
  {
    id: 'misunderstanding',
    cues: [
      'not what i ask|asked|said|say|mean|meant|want|wanted',
      'did not ask|say that|this|you',
      'you misunderstood|misunderstand',
      'you do|did not understand|listen',
      'you are not listening',
    ],
    intent: 'apologise',
    phrasings: [
      'I am sorry, I misunderstood you. What did you mean?',
      'Sorry, I got that wrong. Could you tell me again what you need?',
    ],
    followUps: ['Thank you. What would you like me to do about it?'],
  },
  {
    id: 'slower',
    cues: ['speak|talk slower|slowly', 'slow down', 'too fast', 'more slowly'],
    intent: 'apologise',
    phrasings: [
      'Of course. I will use short sentences. What shall I say again?',
      'I am sorry about that. I will keep it short and plain.',
    ],
  },
  {
    id: 'weather',
    cues: [
      '^weather',
      'what|how is weather',
      'about the weather',
      'tell me|know weather',
      'weather like|forecast',
      '=the weather today|tomorrow',
      'will it rain|snow',
      'is it raining|snowing|sunny|cold|hot outside',
      'temperature outside|today|tomorrow',
      'forecast',
    ],
    intent: 'inform',
    phrasings: [
      'I cannot look up the weather from here, sorry. A weather service or your window will know better.',
      'I have no connection to a weather service, so I would only be guessing.',
    ],
  },
  {
    id: 'cannot-look-up',
    cues: [
      'the news',
      'latest news',
      'stock price|market',
      'football|soccer|baseball|game score|result',
      'who won',
      'search internet|web|online',
      'look up online|internet',
      'traffic',
    ],
    intent: 'inform',
    phrasings: [
      'I cannot look that up, because I am not connected to the internet. Is there something else I can do?',
      'That is beyond me, I have no way to look things up. Can I help with something else?',
    ],
    asksForMore: true,
  },
  {
    id: 'cannot-act',
    cues: [
      'play music|song',
      'set alarm|timer|reminder',
      'remind me',
      'turn on|off light|lights|heating|tv',
      'send message|email|text',
      'order pizza|taxi|food',
    ],
    intent: 'inform',
    phrasings: [
      'I cannot do that by myself, nobody has given me a tool for it. Is there something else?',
      'I would need a tool for that, and none is connected. Can I help with anything else?',
    ],
    asksForMore: true,
  },
  {
    id: 'joke',
    cues: ['tell joke', 'make me laugh', 'something funny', 'another joke'],
    intent: 'good-news',
    phrasings: [
      'Why did the phone wear glasses? It had lost its contacts.',
      'I wanted to tell you a joke about silence, but I was afraid of dead air.',
      'What do you call a snowman in July? A puddle.',
    ],
  },
  {
    id: 'person',
    cues: [
      'talk|speak|connect|transfer|put to|with|through person|human|agent|someone|somebody|representative|operator|manager|supervisor',
      'real|live person|human|agent',
      '=operator|agent|representative|human',
      'want|need human|person|agent|manager|representative',
      'call me back',
      'customer service',
    ],
    intent: 'reassure',
    asksForMore: true,
    phrasings: [
      'I understand. I cannot transfer the call myself, but I have noted that you want to talk to a person. Is there anything they should know?',
      'Of course. I have written down that you would like a person. I cannot put you through myself. What should I add to the note?',
    ],
    followUps: ['I have added that to the note. Is there anything else?'],
  },
  {
    id: 'never-mind',
    cues: [
      'never mind',
      'nevermind',
      'forget it|that|about',
      'cancel that',
      '=stop',
      '=cancel',
      'skip that|it',
      'start over|again',
    ],
    intent: 'acknowledge',
    asksForMore: true,
    phrasings: ['All right, we leave that. What would you like instead?', 'No problem, forgotten. What else can I do?'],
  },
  {
    id: 'bad-mood',
    cues: [
      'i am|feel|feeling sad|lonely|depressed|unhappy|down|upset|terrible|awful|miserable',
      'bad|terrible|awful|rough|hard|horrible|long day|week',
      'not feeling|doing well|good|great',
      'i feel bad',
      'i have been crying',
      'i am not okay|well|good',
    ],
    intent: 'reassure',
    phrasings: [
      'That sounds hard, and I am sorry. Would you like to tell me what happened?',
      'I am sorry you feel that way. I have time to listen. What is weighing on you?',
    ],
    followUps: [
      'That would weigh on anyone. How are you feeling about it now?',
      'Thank you for trusting me with that. Is there something I can do to make today easier?',
    ],
  },
  {
    id: 'loss',
    cues: [
      'died',
      'passed away',
      'lost my job|father|mother|wife|husband|dog|cat|friend|son|daughter',
      'broke up',
      'got fired',
      'in hospital',
      'father|mother|wife|husband|son|daughter|child|baby ill|sick|dying',
    ],
    intent: 'reassure',
    phrasings: [
      'I am very sorry to hear that. Is there someone close to you whom you can talk to today?',
      'That is a heavy thing, I am sorry. Take your time. What would help you most right now?',
    ],
    followUps: ['I am glad you told me. Please be gentle with yourself today.'],
  },
  {
    id: 'worry',
    cues: ['i am|feel|feeling scared|afraid|worried|nervous|anxious|frightened|panicking', 'i worry'],
    intent: 'reassure',
    phrasings: [
      'Let us take it one step at a time. What worries you most?',
      'I understand that this is unsettling. Tell me what happened, and we go through it together.',
    ],
    followUps: ['I understand why that worries you. What would be the next small step?'],
  },
  {
    id: 'emergency',
    cues: [
      'emergency',
      'call ambulance|police|fire',
      'heart attack',
      'can not breathe',
      'kill myself',
      'want to die',
      'hurt myself',
      'house is on fire',
    ],
    intent: 'reassure',
    phrasings: [
      'If you or someone near you is in danger, please hang up and call your local emergency number now. I cannot call for help myself.',
    ],
  },
  {
    id: 'tired',
    cues: ['i am|feel|feeling tired|exhausted|sleepy|bored', 'could not sleep'],
    intent: 'reassure',
    phrasings: [
      'Then let us keep this short. What can I take off your hands?',
      'I hope you get some rest soon. What can I do to make things easier?',
    ],
  },
  {
    id: 'good-mood',
    cues: [
      'i am|feel|feeling happy|excited|glad|great|wonderful|amazing|fantastic',
      'good|great|wonderful|amazing news',
      'got the|a job|promotion|place',
      'i passed|won',
      'getting married',
      'great|wonderful|best day',
      'just had baby',
      'i am so happy',
      'my birthday',
    ],
    intent: 'good-news',
    phrasings: [
      'That is wonderful, congratulations! Tell me more about it.',
      'How lovely, that makes a good day. What happened?',
    ],
    followUps: ['That sounds great. You can be proud of that.', 'I am happy for you. Thank you for sharing that.'],
  },
];
