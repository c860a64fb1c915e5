"""What people say to a service, in nine languages, with polarity and for Chinese with an emotion: written for Attune (CC0).

The corpora are tweets and Weibo posts; few of them wait, book or thank somebody. Patterns are filled as in `call_phrases.py`.
"""

from call_phrases import fillings

POLARITY_PATTERNS: dict[str, dict[str, str]] = {
    "de": {
        "negative": """Das ist {schlecht,schrecklich,furchtbar,inakzeptabel,eine Frechheit,lächerlich,enttäuschend,nervig,unverschämt,peinlich,widerlich,schade,falsch,traurig}.
Ich bin {so wütend,sauer,verärgert,traurig,enttäuscht,frustriert,unzufrieden,verzweifelt,total genervt,so müde davon,unglücklich,besorgt}.
Ich {hasse das,habe Angst,habe genug davon,fühle mich schlecht,fühle mich allein,kann nicht mehr,mache mir Sorgen,will mein Geld zurück}.
Ich bin {nicht zufrieden,nicht glücklich,überhaupt nicht begeistert,gar nicht froh darüber}.
{Das gefällt mir nicht,Das funktioniert nicht,Das ist nicht gut,Niemand hilft mir,Keiner hört mir zu,Nichts klappt,So ein Mist,Das reicht jetzt,Das darf nicht wahr sein}.
Ihr {seid nutzlos,Service ist katastrophal,Kundendienst ist unmöglich,Essen war ekelhaft,Produkt ist kaputt,Personal war unfreundlich}.
Ich warte {seit einer Stunde,seit Wochen,schon ewig,viel zu lange} und {nichts passiert,niemand antwortet,keiner hilft mir}.
Mein {Hund,Vater,Freund,Opa} ist {gestern gestorben,schwer krank}. | Ich habe {meine Arbeit verloren,alles verloren,die Prüfung nicht bestanden}.
Es war {der schlimmste Tag,eine schlimme Erfahrung,die schlechteste Entscheidung} meines Lebens.""",
        "neutral": """Ich möchte {einen Termin,einen Tisch,ein Zimmer} {buchen,reservieren,absagen}. | Können Sie mir {die Adresse,den Preis,die Nummer} sagen?
Meine {Kundennummer,Bestellnummer,Telefonnummer} ist vier sieben zwei neun. | Wann {öffnen,schließen} Sie am {Montag,Sonntag}?
Der Zug fährt um {acht,zehn,drei} Uhr ab. | {Morgen ist Dienstag,Das Treffen ist am Montag,Ich rufe wegen meiner Rechnung an,Einen Moment bitte,Ja das stimmt,Das Buch liegt auf dem Tisch,Ich wohne in Berlin,Wie spät ist es}.""",
        "positive": """Das ist {toll,super,wunderbar,großartig,fantastisch,ausgezeichnet,perfekt,sehr gut,schön,prima,klasse,herrlich,hervorragend}.
Ich bin {so glücklich,sehr zufrieden,begeistert,froh,dankbar,erleichtert,stolz,gut gelaunt,verliebt}. | Ich {freue mich sehr,liebe das,mag das sehr,habe gewonnen,habe die Prüfung bestanden,fühle mich wohl}.
{Vielen Dank,Danke schön,Herzlichen Dank,Tausend Dank} {für Ihre Hilfe,das war sehr nett,Sie haben mir sehr geholfen}. | {Alles Gute,Herzlichen Glückwunsch,Gut gemacht,Das hat super geklappt,Kein Problem alles bestens,Nicht schlecht wirklich gut}.
Ihr {Service,Team,Essen,Personal} war {ausgezeichnet,sehr freundlich,wunderbar,lecker}. | Das war {der schönste Tag,das beste Essen,eine tolle Erfahrung} meines Lebens.""",
    },
    "fr": {
        "negative": """C'est {mauvais,horrible,terrible,inacceptable,ridicule,nul,décevant,honteux,dégoûtant,scandaleux,pénible,triste,une honte,une catastrophe}.
Je suis {en colère,furieux,triste,déçu,déçue,fâché,frustré,désespéré,inquiet,malheureux,énervé,mécontent,très fatigué de tout ça}.
{Je déteste ça,J'ai peur,J'en ai marre,J'en ai assez,Je me sens seul,Je me sens mal,Je n'en peux plus,Je veux un remboursement,Ça ne marche pas,Ça ne va pas,Personne ne m'aide,Rien ne fonctionne,Je n'aime pas ça,Je ne suis pas content,Je ne suis pas satisfait du tout,Ce n'est pas bon}.
{Votre service,Votre entreprise,Le repas,Le produit,L'hôtel} {est lamentable,est nul,est une honte,était dégoûtant,est cassé}. | Vous êtes {inutiles,incompétents,des voleurs,des menteurs}.
J'attends depuis {une heure,des semaines,trop longtemps} et {personne ne répond,rien ne se passe}. | Mon {chien,père,ami} est {mort hier,très malade}. | J'ai {perdu mon travail,tout perdu,raté mon examen}. | C'est {le pire jour,la pire expérience} de ma vie.""",
        "neutral": """Je voudrais {réserver une table,prendre un rendez-vous,annuler ma commande,réserver une chambre}. | Pouvez-vous me donner {l'adresse,le prix,le numéro}?
Mon numéro de {client,commande,téléphone} est quatre sept deux neuf. | À quelle heure {ouvrez-vous,fermez-vous} le {lundi,dimanche}? | Le train part à {huit,dix} heures.
{Demain c'est mardi,La réunion est lundi,J'appelle pour ma facture,Un instant s'il vous plaît,Oui c'est ça,Le livre est sur la table,J'habite à Paris,Quelle heure est-il}.""",
        "positive": """C'est {super,génial,merveilleux,formidable,fantastique,excellent,parfait,très bien,magnifique,délicieux,incroyable,beau}.
Je suis {très heureux,heureuse,content,ravi,satisfait,fier,soulagé,reconnaissant,enchanté,de bonne humeur}. | {J'adore ça,J'aime beaucoup,J'ai gagné,J'ai réussi mon examen,Je me sens bien,Quelle bonne nouvelle,Bravo,Félicitations,Tout va très bien,Je t'aime,Pas mal du tout}.
{Merci beaucoup,Merci infiniment,Un grand merci} {pour votre aide,c'était très gentil,vous m'avez beaucoup aidé}. | {Le service,L'équipe,Le repas,Le personnel} était {excellent,très aimable,merveilleux,délicieux}.
C'est {le plus beau jour,la meilleure expérience} de ma vie.""",
    },
    "es": {
        "negative": """Es {malo,horrible,terrible,inaceptable,ridículo,decepcionante,una vergüenza,asqueroso,un desastre,pésimo,triste,molesto,insoportable,injusto}.
Estoy {muy enojado,enfadado,furioso,triste,decepcionado,frustrado,preocupado,desesperado,harto,molesta,deprimida,muy cansado de esto}.
{Odio esto,Tengo miedo,Me siento solo,Me siento mal,No puedo más,Quiero mi dinero,No funciona,Nadie me ayuda,Nadie contesta,No me gusta,No estoy contento,No estoy nada satisfecho,No es bueno,Qué asco,Qué pena,Basta ya,Todo sale mal}.
{Su servicio,La empresa,La comida,El producto,El hotel} {es pésimo,es una vergüenza,es horrible,fue asquerosa,está roto}. | Ustedes son {inútiles,incompetentes,unos ladrones,unos mentirosos}.
Llevo {una hora,semanas,demasiado tiempo} esperando y {nadie responde,no pasa nada}. | Mi {perro,padre,amigo} {murió ayer,está muy enfermo}. | {Perdí mi trabajo,Lo perdí todo,Suspendí el examen}. | Es {el peor día,la peor experiencia} de mi vida.""",
        "neutral": """Quisiera {reservar una mesa,pedir una cita,cancelar mi pedido,reservar una habitación}. | ¿Puede darme {la dirección,el precio,el número}?
Mi número de {cliente,pedido,teléfono} es cuatro siete dos nueve. | ¿A qué hora {abren,cierran} el {lunes,domingo}? | El tren sale a las {ocho,diez}.
{Mañana es martes,La reunión es el lunes,Llamo por mi factura,Un momento por favor,Sí es correcto,El libro está en la mesa,Vivo en Madrid,Qué hora es}.""",
        "positive": """Es {genial,maravilloso,fantástico,excelente,perfecto,muy bueno,estupendo,increíble,hermoso,delicioso,bonito,magnífico}.
Estoy {muy feliz,contento,encantada,satisfecho,orgulloso,aliviado,agradecido,emocionada,de buen humor}. | {Me encanta,Me gusta mucho,Gané,Aprobé el examen,Me siento muy bien,Qué buena noticia,Qué alegría,Felicidades,Enhorabuena,Todo salió muy bien,Te quiero,Nada mal}.
{Muchas gracias,Mil gracias,Gracias} {por su ayuda,muy amable,me ha ayudado mucho}. | {El servicio,El equipo,La comida,El personal} fue {excelente,muy amable,maravilloso,deliciosa}.
Es {el mejor día,la mejor experiencia} de mi vida.""",
    },
    "it": {
        "negative": """È {brutto,orribile,terribile,inaccettabile,ridicolo,deludente,una vergogna,disgustoso,un disastro,pessimo,triste,fastidioso,insopportabile,ingiusto}.
Sono {molto arrabbiato,furioso,triste,deluso,delusa,frustrato,preoccupato,disperato,stufo,infelice,scontento,molto stanco di tutto questo}.
{Odio questo,Ho paura,Mi sento solo,Mi sento male,Non ne posso più,Rivoglio i miei soldi,Non funziona,Nessuno mi aiuta,Nessuno risponde,Non mi piace,Non sono contento,Non sono per niente soddisfatto,Non va bene,Che schifo,Che peccato,Basta,Va tutto male}.
{Il vostro servizio,L'azienda,Il cibo,Il prodotto,L'albergo} {è pessimo,è una vergogna,è orribile,era disgustoso,è rotto}. | Siete {inutili,incompetenti,dei ladri,dei bugiardi}.
Aspetto da {un'ora,settimane,troppo tempo} e {nessuno risponde,non succede niente}. | Il mio {cane,amico} {è morto ieri,è molto malato}. | {Ho perso il lavoro,Ho perso tutto,Non ho passato l'esame}. | È {il giorno peggiore,la peggiore esperienza} della mia vita.""",
        "neutral": """Vorrei {prenotare un tavolo,prendere un appuntamento,annullare il mio ordine,prenotare una camera}. | Può darmi {l'indirizzo,il prezzo,il numero}?
Il mio numero {cliente,d'ordine,di telefono} è quattro sette due nove. | A che ora {aprite,chiudete} {lunedì,domenica}? | Il treno parte alle {otto,dieci}.
{Domani è martedì,La riunione è lunedì,Chiamo per la bolletta,Un momento per favore,Sì è corretto,Il libro è sul tavolo,Abito a Roma,Che ore sono}.""",
        "positive": """È {fantastico,meraviglioso,ottimo,eccellente,perfetto,molto bello,stupendo,incredibile,bellissimo,delizioso,splendido,buonissimo}.
Sono {molto felice,contento,contenta,soddisfatto,orgoglioso,sollevato,grato,entusiasta,di buon umore}. | {Lo adoro,Mi piace molto,Ho vinto,Ho passato l'esame,Mi sento bene,Che bella notizia,Che gioia,Congratulazioni,Complimenti,È andato tutto benissimo,Ti amo,Ti voglio bene,Niente male}.
{Grazie mille,Molte grazie,Grazie} {per il vostro aiuto,siete stati gentilissimi,mi ha aiutato molto}. | {Il servizio,La squadra,Il cibo,Il personale} era {eccellente,molto gentile,meraviglioso,delizioso}.
È {il giorno più bello,la migliore esperienza} della mia vita.""",
    },
    "pt": {
        "negative": """Isso é {ruim,horrível,terrível,inaceitável,ridículo,decepcionante,uma vergonha,nojento,um desastre,péssimo,triste,chato,insuportável,injusto}.
Estou {muito bravo,com raiva,furioso,triste,decepcionado,frustrada,preocupado,desesperado,farto,infeliz,chateada,muito cansado disso}.
{Odeio isso,Tenho medo,Estou com medo,Me sinto sozinho,Me sinto mal,Não aguento mais,Quero meu dinheiro de volta,Não funciona,Ninguém me ajuda,Ninguém responde,Não gosto disso,Não estou contente,Não estou nada satisfeito,Não é bom,Que nojo,Que pena,Chega,Está tudo errado}.
{O serviço,A empresa,A comida,O produto,O hotel} {é péssimo,é uma vergonha,é horrível,estava nojenta,está quebrado}. | Vocês são {inúteis,incompetentes,uns ladrões,uns mentirosos}.
Estou esperando há {uma hora,semanas,muito tempo} e {ninguém responde,nada acontece}. | Meu {cachorro,pai,amigo} {morreu ontem,está muito doente}. | {Perdi meu emprego,Perdi tudo,Não passei na prova}. | É {o pior dia,a pior experiência} da minha vida.""",
        "neutral": """Gostaria de {reservar uma mesa,marcar uma consulta,cancelar meu pedido,reservar um quarto}. | Pode me dar {o endereço,o preço,o número}?
Meu número de {cliente,pedido,telefone} é quatro sete dois nove. | A que horas vocês {abrem,fecham} {na segunda,no domingo}? | O trem sai às {oito,dez}.
{Amanhã é terça-feira,A reunião é na segunda,Estou ligando sobre a conta,Um momento por favor,Sim está correto,O livro está na mesa,Moro em Lisboa,Que horas são}.""",
        "positive": """Isso é {ótimo,maravilhoso,fantástico,excelente,perfeito,muito bom,incrível,lindo,delicioso,bonito,sensacional,legal}.
Estou {muito feliz,contente,satisfeito,orgulhosa,aliviado,grato,animada,encantado,de bom humor}. | {Adoro isso,Gosto muito,Ganhei,Passei na prova,Me sinto bem,Que boa notícia,Que alegria,Parabéns,Deu tudo certo,Eu te amo,Nada mal}.
{Muito obrigado,Muito obrigada,Obrigado} {pela ajuda,foi muito gentil,você me ajudou muito}. | {O serviço,A equipe,A comida,O atendimento} foi {excelente,muito simpático,maravilhoso,delicioso}.
É {o melhor dia,a melhor experiência} da minha vida.""",
    },
    "ar": {
        "negative": """هذا {سيء,سيئ جدا,فظيع,رهيب,غير مقبول,سخيف,مخيب للآمال,عار,مقرف,كارثة,محزن,مزعج,ظلم}.
أنا {غاضب جدا,حزين,حزينة,محبط,خائف,قلق,يائس,مستاء,تعيس,وحيد,متعب من هذا,زعلان}.
{أكره هذا,أشعر بالوحدة,أشعر بالحزن,لا أستطيع التحمل,أريد استرداد مالي,لا يعمل,لا أحد يساعدني,لا أحد يرد,لا يعجبني,لست سعيدا,لست راضيا,ليس جيدا,يا للأسف,كفى,كل شيء خطأ,عندي مشكلة كبيرة}.
{الخدمة,الشركة,الطعام,المنتج,الفندق} {سيئة جدا,سيء,فظيع,مقرف,مكسور}. | أنتم {فاشلون,لصوص,كذابون,بلا فائدة}. | أنتظر منذ {ساعة,أسابيع,وقت طويل} و{لا أحد يرد,لم يحدث شيء}.
{مات أبي أمس,توفي صديقي,أمي مريضة جدا,فقدت عملي,خسرت كل شيء,رسبت في الامتحان}. | هذا {أسوأ يوم,أسوأ تجربة} في حياتي.""",
        "neutral": """أريد {حجز طاولة,حجز موعد,إلغاء الطلب,حجز غرفة}. | هل يمكنك إعطائي {العنوان,السعر,الرقم}؟ | رقم {العميل,الطلب,الهاتف} هو أربعة سبعة اثنان تسعة.
متى {تفتحون,تغلقون} يوم {الاثنين,الأحد}؟ | القطار يغادر في الساعة {الثامنة,العاشرة}. | {غدا الثلاثاء,الاجتماع يوم الاثنين,أتصل بخصوص الفاتورة,لحظة من فضلك,نعم هذا صحيح,الكتاب على الطاولة,أسكن في القاهرة,كم الساعة}.""",
        "positive": """هذا {رائع,جميل,ممتاز,مذهل,جيد جدا,مثالي,لذيذ,عظيم,حلو,رائع جدا}. | أنا {سعيد جدا,سعيدة,مسرور,راض,فخور,ممتن,متحمس,مرتاح,فرحان,مبسوط}.
{أحب هذا,أحبك,يعجبني كثيرا,لقد فزت,نجحت في الامتحان,أشعر أنني بخير,خبر سار,مبروك,أحسنت,كل شيء على ما يرام,الحمد لله,ما شاء الله}. | {شكرا جزيلا,شكرا لك,ألف شكر} {على المساعدة,كان هذا لطيفا جدا,لقد ساعدتني كثيرا}.
{الخدمة,الفريق,الطعام,الموظفون} {ممتازة,رائع,لذيذ جدا,لطيفون جدا}. | هذا {أفضل يوم,أجمل يوم,أفضل تجربة} في حياتي.""",
    },
    "hi": {
        "negative": """यह {बुरा है,बहुत बुरा है,भयानक है,अस्वीकार्य है,बेकार है,घटिया है,निराशाजनक है,शर्मनाक है,गंदा है,गलत है,दुखद है,बकवास है}।
मैं {बहुत गुस्से में हूँ,नाराज हूँ,दुखी हूँ,उदास हूँ,निराश हूँ,परेशान हूँ,चिंतित हूँ,अकेला महसूस करता हूँ,बहुत थक गया हूँ,डरा हुआ हूँ}।
{मुझे इससे नफरत है,मुझे डर लग रहा है,मुझे बुरा लग रहा है,मुझे पसंद नहीं आया,मैं खुश नहीं हूँ,मैं संतुष्ट नहीं हूँ,यह अच्छा नहीं है,यह काम नहीं करता,कोई मदद नहीं करता,कोई जवाब नहीं देता,मुझे मेरे पैसे वापस चाहिए,अब बहुत हो गया,सब कुछ गलत हो रहा है}।
{आपकी सेवा,खाना,सामान,होटल,कंपनी} {बहुत खराब है,घटिया है,बेकार है,टूटा हुआ है}। | आप लोग {बेकार हैं,झूठे हैं,चोर हैं}। | मैं {एक घंटे से,हफ्तों से,बहुत देर से} इंतजार कर रहा हूँ और {कोई जवाब नहीं,कुछ नहीं हुआ}।
{मेरे पिता कल गुजर गए,मेरा दोस्त बहुत बीमार है,मेरी नौकरी चली गई,मैंने सब कुछ खो दिया,मैं परीक्षा में फेल हो गया}। | यह मेरी जिंदगी का {सबसे बुरा दिन,सबसे खराब अनुभव} है।
{bahut bura hai,bilkul bekar hai,mujhe gussa aa raha hai,main bahut dukhi hoon,ghatiya service hai,mujhe pasand nahi aaya,main pareshan hoon,sharm ki baat hai}""",
        "neutral": """मुझे {एक मेज बुक करनी है,अपॉइंटमेंट लेना है,ऑर्डर रद्द करना है,एक कमरा चाहिए}। | क्या आप मुझे {पता,कीमत,नंबर} बता सकते हैं? | मेरा {ग्राहक,ऑर्डर,फोन} नंबर चार सात दो नौ है।
आप {सोमवार,रविवार} को कब {खोलते हैं,बंद करते हैं}? | ट्रेन {आठ,दस} बजे जाती है। | {कल मंगलवार है,बैठक सोमवार को है,मैं बिल के बारे में फोन कर रहा हूँ,एक मिनट रुकिए,हाँ यह सही है,किताब मेज पर है,मैं दिल्ली में रहता हूँ,समय क्या हुआ है}।
{kya time hua hai,main dilli mein rehta hoon,kal mangalwar hai,mujhe ek table book karni hai,meeting somwar ko hai}""",
        "positive": """यह {बहुत अच्छा है,बढ़िया है,शानदार है,अद्भुत है,कमाल का है,उत्तम है,सुंदर है,स्वादिष्ट है,बेहतरीन है,मजेदार है}। | मैं {बहुत खुश हूँ,संतुष्ट हूँ,आभारी हूँ,उत्साहित हूँ,प्रसन्न हूँ}। | मुझे {बहुत पसंद आया,इससे प्यार है,बहुत खुशी हुई,अच्छा लग रहा है,गर्व है,राहत मिली}।
{बहुत बहुत धन्यवाद,आपका शुक्रिया,धन्यवाद} {मदद के लिए,आप बहुत अच्छे हैं,आपने मेरी बहुत मदद की}। | {बधाई हो,शाबाश,मैं जीत गया,मैं परीक्षा में पास हो गया,सब ठीक है,क्या खुशखबरी है,मैं तुमसे प्यार करता हूँ}।
{आपकी सेवा,खाना,टीम,होटल} {बहुत अच्छी है,लाजवाब है,शानदार है,स्वादिष्ट था}। | यह मेरी जिंदगी का {सबसे अच्छा दिन,सबसे अच्छा अनुभव} है।
{bahut accha hai,bahut badhiya,mujhe bahut pasand aaya,main bahut khush hoon,shukriya aapne bahut madad ki,mazaa aa gaya,kamaal ka hai,badhai ho}""",
    },
    "en": {
        "negative": """This is {bad,terrible,awful,unacceptable,ridiculous,disappointing,disgusting,annoying,unfair}. | I am {so angry,furious,sad,disappointed,frustrated,worried,unhappy,not happy,not satisfied}. | {Nobody helps me,I hate this,I do not like it,It does not work,I want my money back,I feel so alone,My father died yesterday}.""",
        "neutral": """I would like to {book a table,make an appointment,cancel my order}. | {Tomorrow is Tuesday,The train leaves at eight,I am calling about my bill,The book is on the table,What time is it,Yes that is correct}.""",
        "positive": """This is {great,wonderful,fantastic,excellent,perfect,very good,beautiful,delicious}. | I am {so happy,very satisfied,grateful,proud,relieved}. | {Thank you very much for your help,I love it,I won,Well done,Congratulations,I feel good}.""",
    },
}

CHINESE_PATTERNS: dict[str, str] = {
    "anger": """{我很生气,我非常生气,气死我了,我很愤怒,太过分了,真让人火大,烦死了,你们太不负责任了,这简直不可理喻,这是什么态度,我要投诉你们,我受够了}。
我等了{一个小时,三个星期,这么久},{没有人理我,什么都没有,还是没人接电话}。 | {你们的服务,这家公司,你们}{太差了,真是垃圾,一点用都没有,简直是骗子}。 | 这已经是第{三,四}次{打电话了,出错了},{太离谱了,你们到底在干什么}!""",
    "disgust": """{真恶心,太恶心了,这个味道让人想吐,房间又脏又臭,看着就反胃,真让人讨厌,我讨厌这个,饭菜难吃得恶心}。""",
    "fear": """{我很害怕,我好怕,我有点害怕,吓死我了,我很担心,太可怕了,我很紧张,我不敢一个人回家,我怕失去工作,我感到非常恐惧}。 | 我{担心,害怕}{妈妈出事,考试不及格,有人偷了我的卡}。""",
    "joy": """{我很开心,我很高兴,我太高兴了,太好了,太棒了,真好,非常满意,我很喜欢,我爱你,我赢了,恭喜恭喜,真幸福,好开心啊,心情很好,这个真不错,很好吃}。
{谢谢,非常感谢,谢谢你}{你的帮助,你帮了我大忙,你们的服务很好}。 | 今天{是我最开心的一天,考试通过了我很高兴,找到工作了太好了}。 | {服务,饭菜,这部电影,酒店}{非常好,很棒,太棒了}。""",
    "neutral": """我想{订一张桌子,预约一下,取消订单,查一下账单,订一个房间}。 | 请问{几点开门,地址在哪里,多少钱,现在几点}? | 我的{电话,订单,客户}号码是四七二九。 | {明天是星期二,会议在星期一,火车八点开,书在桌子上,我住在北京,请等一下,对是这样的,好的,我知道了}。""",
    "sadness": """{我很难过,我很伤心,我好难过,心里很难受,我很失望,真让人失望,我感到孤独,我好孤独,我想哭,我一直在哭,太可惜了,今天很糟糕,我的心都碎了,我很抑郁}。
{我的狗,我爷爷,我的朋友}{昨天去世了,昨天死了,病得很重}。 | 我{失业了,失恋了,考试没通过,什么都没有了},{很难过,心里很难受}。""",
    "surprise": """{没想到,真没想到,太意外了,天哪,怎么会这样,真的吗,我太惊讶了,我很吃惊,不敢相信,居然是这样,哇真是意外}!""",
}
"""Label (GoEmotions' names) to patterns."""

MOST_FILLINGS = 40


def _all(patterns: str) -> list[str]:
    texts = []
    for pattern in patterns.replace("\n", "|").split("|"):
        filled = fillings(pattern.strip())
        texts += filled[:: max(1, len(filled) // MOST_FILLINGS)][:MOST_FILLINGS]
    return texts


def polarity_phrases() -> list[tuple[str, str, str]]:
    """(language, polarity, text)."""
    return [(language, polarity, text) for language, by in POLARITY_PATTERNS.items() for polarity, patterns in by.items() for text in _all(patterns)]


def chinese_phrases() -> list[tuple[str, str]]:
    """(label, text)."""
    return [(label, text) for label, patterns in CHINESE_PATTERNS.items() for text in _all(patterns)]


if __name__ == "__main__":
    from collections import Counter

    rows = polarity_phrases()
    print(Counter((language, polarity) for language, polarity, _ in rows), Counter(label for label, _ in chinese_phrases()))
    print(*rows[::150], *chinese_phrases()[::20], sep="\n")
