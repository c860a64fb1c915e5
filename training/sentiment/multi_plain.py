"""Plain sentences as a recogniser gives them, five unpleasant and five pleasant in each language, written for Attune (CC0).

    python multi_plain.py --models MODELS_FOLDER

Nothing was fitted on them. Prints which are called right, against three polarities and by sign alone.
"""

import argparse
from pathlib import Path

import numpy as np
import onnxruntime

from multi_evaluate import logits
from multi_linear import character_ids, softmax
from prepare import HERE

SENTENCES: dict[str, tuple[str, str]] = {
    "de": (
        "der zug hatte schon wieder verspätung und keiner sagt etwas|das essen war kalt und hat nicht geschmeckt|ich habe die ganze nacht geweint|so eine schlechte bedienung habe ich noch nie erlebt|die wohnung ist dreckig und laut",
        "wir hatten einen wunderschönen urlaub|das konzert gestern war der hammer|meine tochter hat den wettbewerb gewonnen ich bin so stolz|das personal war freundlich und hilfsbereit|ich liebe diesen film",
    ),
    "fr": (
        "le train est encore en retard et personne ne dit rien|le repas était froid et sans goût|j'ai pleuré toute la nuit|je n'ai jamais vu un accueil aussi mauvais|l'appartement est sale et bruyant",
        "nous avons passé de merveilleuses vacances|le concert d'hier était génial|ma fille a gagné le concours je suis si fière|le personnel était aimable et serviable|j'adore ce film",
    ),
    "es": (
        "el tren llega tarde otra vez y nadie dice nada|la comida estaba fría y sin sabor|he llorado toda la noche|nunca he visto una atención tan mala|el piso está sucio y es ruidoso",
        "pasamos unas vacaciones maravillosas|el concierto de ayer fue increíble|mi hija ganó el concurso y estoy muy orgullosa|el personal era amable y atento|me encanta esta película",
    ),
    "it": (
        "il treno è di nuovo in ritardo e nessuno dice niente|il cibo era freddo e senza sapore|ho pianto tutta la notte|non ho mai visto un servizio così scadente|l'appartamento è sporco e rumoroso",
        "abbiamo passato una vacanza meravigliosa|il concerto di ieri è stato fantastico|mia figlia ha vinto il concorso sono così orgogliosa|il personale era gentile e disponibile|adoro questo film",
    ),
    "pt": (
        "o trem está atrasado de novo e ninguém diz nada|a comida estava fria e sem gosto|chorei a noite toda|nunca vi um atendimento tão ruim|o apartamento é sujo e barulhento",
        "passamos férias maravilhosas|o show de ontem foi incrível|minha filha ganhou o concurso e estou muito orgulhosa|os funcionários eram simpáticos e prestativos|adoro esse filme",
    ),
    "ar": (
        "القطار متأخر مرة أخرى ولا أحد يقول شيئا|كان الطعام باردا وبلا طعم|بكيت طوال الليل|لم أر خدمة بهذا السوء من قبل|الشقة قذرة ومزعجة",
        "قضينا عطلة رائعة|كانت الحفلة أمس مذهلة|فازت ابنتي في المسابقة وأنا فخورة جدا|كان الموظفون لطفاء ومتعاونين|أحب هذا الفيلم كثيرا",
    ),
    "hi": (
        "ट्रेन फिर से लेट है और कोई कुछ नहीं बताता|खाना ठंडा और बेस्वाद था|मैं पूरी रात रोया|मैंने इतनी खराब सेवा कभी नहीं देखी|कमरा गंदा और शोर वाला है",
        "हमारी छुट्टियाँ बहुत सुंदर रहीं|कल का कार्यक्रम शानदार था|मेरी बेटी जीत गई मुझे बहुत गर्व है|कर्मचारी बहुत दयालु और मददगार थे|मुझे यह फिल्म बहुत पसंद है",
    ),
    "zh": (
        "火车又晚点了没有人解释|菜又冷又难吃|我哭了一整夜|从来没见过这么差的服务|房间又脏又吵",
        "我们度过了一个美好的假期|昨天的演唱会太精彩了|我女儿比赛得了第一名我很骄傲|工作人员很友好很热心|我非常喜欢这部电影",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=Path, required=True)
    options = parser.parse_args()
    session = onnxruntime.InferenceSession(str(options.models / "sentiment-multi.onnx"), providers=["CPUExecutionProvider"])
    tokenizer = (options.models / "sentiment-multi.tokenizer.json").resolve()
    exact = sign = count = 0
    for language, (unpleasant, pleasant) in SENTENCES.items():
        texts = [*unpleasant.split("|"), *pleasant.split("|")]
        truth = np.array([0] * len(unpleasant.split("|")) + [2] * len(pleasant.split("|")))
        p = softmax(logits(session, character_ids(str(HERE / "tokenize-text.ts"), tokenizer, texts), language)[1])
        exact += int((p.argmax(1) == truth).sum())
        sign += int(((p[:, 2] > p[:, 0]) == (truth == 2)).sum())
        count += len(texts)
        print(language, *(f"\n  {text} {p[i].round(2).tolist()}" for i, text in enumerate(texts) if p[i].argmax() != truth[i]))
    print(f"{exact} of {count} right, {sign} by sign")


if __name__ == "__main__":
    main()
