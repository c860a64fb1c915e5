"""What people say to a service on the telephone, with GoEmotions labels: written for Attune (CC0), not collected.

GoEmotions is Reddit; it has few waits, bills and bookings. Every pattern is filled with every filling, so a label is
spread over many wordings of the same complaint, and the plain requests teach that a bill alone is not anger.
"""

import itertools
import re

THINGS = "bill,card,order,account,flight,delivery,refund,internet,appointment,phone".split(",")
LONG_WAITS = "an hour,two hours,forty minutes,three weeks,ages,days".split(",")
PEOPLE = "mother,father,son,daughter,husband,wife,sister,brother".split(",")

PATTERNS: list[tuple[str, str]] = [
    ("neutral", "I would like to {check,change,cancel,ask about} my {THINGS}."),
    ("neutral", "Could you {tell me about,help me with,look up} my {THINGS}, please?"),
    ("neutral", "I am calling about my {THINGS}."),
    ("neutral", "My {THINGS} number is four seven two nine."),
    ("neutral", "Can you book a table for {two,four,six} at {seven,eight}?"),
    ("neutral", "What time do you {open,close} on {monday,sunday,friday}?"),
    ("neutral", "Hello, my name is {david,sarah,anna,john} and I have a question."),
    ("neutral", "{Yes please.,No thank you.,Okay go ahead.,That is correct.,One moment please.,Can you repeat that?,The first one please.,Tomorrow morning is fine.}"),
    ("neutral", "Please {send,read,spell} it {again,to me}."),
    ("neutral", "{Set a timer for ten minutes.,What is the weather tomorrow?,Turn off the lights.,Play some music.,Remind me to call at five.}"),
    ("annoyance,anger", "I have been waiting for {LONG_WAITS} and {this is ridiculous,nobody answers,nobody helps me,nothing happens,I am still on hold}."),
    ("annoyance", "I have been waiting for {LONG_WAITS}."),
    ("annoyance,anger", "This is the {second,third,fourth,fifth} time I {have called,am calling,have to explain this} and {nobody helps me,nothing has changed,it is still wrong,nobody listens}."),
    ("annoyance", "This is the {second,third,fourth,fifth} time I {have called,am calling,had to explain this}."),
    ("annoyance", "Why {is,was} my {THINGS} {still wrong,late again,not working again,cancelled again}?"),
    ("annoyance", "My {THINGS} is {wrong,late,broken} again and I {want it fixed now,have had enough,am tired of this}."),
    ("anger", "{You are,Your company is,Your service is,These people are} {useless,completely useless,hopeless,a joke,incompetent}."),
    ("anger", "This is {unacceptable,outrageous,ridiculous,an outrage,unbelievable,absolutely unacceptable}, {I want my money back,I want to speak to a manager,fix it now,stop wasting my time}."),
    ("anger", "This is {unacceptable,outrageous,absolutely ridiculous}."),
    ("anger", "I am {so angry,furious,sick and tired of this,really angry} about {my THINGS,this,your service}."),
    ("anger", "I am {sick,so tired} of {waiting,calling,explaining this,your excuses}."),
    ("anger", "Stop {lying to me,wasting my time,transferring me,telling me to wait}."),
    ("anger", "I want to speak to a {manager,supervisor,real person} {now,right now,immediately}."),
    ("anger,annoyance", "How many times do I have to {tell you,explain this,call,ask}?"),
    ("disapproval", "{No that is not what I said.,That is not what I asked for.,That is wrong.,You got it wrong.,No that is not right.}"),
    ("disappointment", "I {expected,hoped for} {better,more} from {you,your company}."),
    ("disappointment,sadness", "My {THINGS} {never came,was cancelled,is gone} and I was {so looking forward to it,counting on it}."),
    ("disappointment", "That is {a shame,disappointing,too bad,really disappointing}."),
    ("sadness", "My {dog,cat,PEOPLE} {died yesterday,passed away,died last week} and I {miss them,do not know what to do,cannot stop crying}."),
    ("sadness,grief", "My {dog,cat,PEOPLE} {died,passed away} {yesterday,last week,this morning}."),
    ("sadness", "I feel so {alone,lonely,sad,down,empty,tired of everything} {today,lately,these days}."),
    ("sadness", "I {lost my job,failed my exam,broke up with my girlfriend,lost everything} {today,yesterday,last week}."),
    ("sadness", "{Everything is going wrong,I cannot stop crying,I am not doing well,It has been a really hard week}."),
    ("fear", "I am {scared,afraid,terrified,frightened} {something happened to my PEOPLE,someone stole my card,to go home,of losing my job}."),
    ("fear,nervousness", "I am {worried,really worried,so worried} about my {PEOPLE}."),
    ("fear,nervousness", "Please hurry, {I think someone is outside,I do not know what to do,my PEOPLE is not answering,there is smoke}."),
    ("nervousness", "I am {nervous,anxious,a bit nervous,worried} about {tomorrow,the exam,my appointment,the interview,the results}."),
    ("fear", "I think somebody {stole my card,is using my account,hacked my phone,broke into my house}."),
    ("joy", "I {got the job,passed my exam,won first prize,am getting married} {today,yesterday} and I am so happy."),
    ("joy,excitement", "I just {got the job,passed my exam,got engaged,heard we are having a baby}."),
    ("joy", "I {am,feel} so {happy,glad,pleased} {today,about this,that it worked}."),
    ("excitement", "I {cannot wait,am so excited} {for the holiday,to see my PEOPLE,for tomorrow,to tell everyone}."),
    ("gratitude", "{Thank you so much,Thanks a lot,Thank you} {for your help,you have been very helpful,that was quick,I really appreciate it}."),
    ("gratitude,admiration", "Thank you, {that is wonderful,that is perfect,you are amazing,that was excellent service}."),
    ("relief", "{What a relief,That is a relief,Thank goodness,Phew} {it worked,my card is safe,he is okay,they found it,it is over}."),
    ("relief,gratitude", "{That is a relief thank you,Oh good I was worried,I am so relieved,Thank god you found it}."),
    ("optimism", "I hope {it works this time,it gets better,we can fix this}."),
    ("approval", "{That sounds good,That works for me,Sounds great,Yes that is fine,Perfect}."),
    ("surprise", "{What no way,Wow I did not expect that,Are you serious,Really I had no idea,Oh my goodness,I cannot believe it}."),
    ("surprise", "I {did not expect,never expected} {that,this,it so soon,such a big bill}."),
    ("confusion", "I {do not understand,am confused about,am not sure I understand} {my THINGS,this,what you mean,how it works}."),
    ("disgust", "{That is disgusting,This service is disgusting,The food was revolting,It smelled awful and the room was filthy,That makes me sick}."),
    ("remorse", "I am {sorry,so sorry,really sorry} {I shouted,I forgot,about that,for the trouble}."),
    ("embarrassment", "This is {embarrassing,so embarrassing}, {I forgot my password again,I lost my card again,I pressed the wrong button}."),
    ("annoyance", "{Oh great just great,Oh wonderful not again,Fantastic it is broken again,Great another delay}."),
    ("caring", "{Take care,Are you okay,I hope you feel better soon,Look after yourself}."),
    ("love", "I {love,really love} {talking to you,my PEOPLE so much,this}."),
]


def fillings(pattern: str) -> list[str]:
    parts = re.split(r"\{([^}]*)\}", pattern)
    lists = {"THINGS": THINGS, "LONG_WAITS": LONG_WAITS, "PEOPLE": PEOPLE}
    choices: list[list[str]] = []
    for index, part in enumerate(parts):
        if index % 2 == 0:
            choices.append([part])
        else:
            choices.append([w for option in part.split(",") for w in lists.get(option, [option])])
    texts = []
    for combination in itertools.product(*choices):
        text = "".join(combination)
        names = [name for name in lists if name in text]
        texts += [text.replace(names[0], value) for value in lists[names[0]]] if names else [text]
    return texts


def call_phrases() -> list[tuple[str, str]]:
    """(labels, text), at most 40 fillings of one pattern so that none outweighs the others."""
    rows = []
    for labels, pattern in PATTERNS:
        texts = fillings(pattern)
        step = max(1, len(texts) // 40)
        rows += [(labels, text) for text in texts[::step][:40]]
    return rows


if __name__ == "__main__":
    rows = call_phrases()
    print(len(rows), *rows[:: max(1, len(rows) // 20)], sep="\n")
