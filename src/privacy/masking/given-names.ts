/**
 * Frequent given names of speakers of English, German and Spanish, and family names of Chinese and Japanese: enough to find
 * most people, never all. Written from general knowledge of the civil registries' lists of the last decades.
 */

const list = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** In lower case. */
export const givenNames: ReadonlySet<string> = list(
  'aaron abigail adam adrian aidan aisha alan albert alejandra alejandro alexander alexandra alfred alice alison alicia allison amanda amelia ' +
    'amir amy ana andrea andreas andrew andrés angela anita anja anna anne annette annika anthony antje antonia antonio arthur ashley ' +
    'astrid axel barbara beatrice beatriz ben benjamin bernd bernhard beth betty bianca björn brandon brenda brian bridget bruno burak camila ' +
    'carl carla carlos carmen carol caroline catherine cecilia charles charlie charlotte chloe chris christa christian christina christine christoph ' +
    'christopher claire clara claudia claudio colin connor cristina cynthia daniel daniela danielle david deborah dennis derek diana diego dieter ' +
    'dirk dominik donald dorothy douglas dylan eduardo edward eileen elena eleanor elias elizabeth ella ellen emily emma enrique eric erik erika ' +
    'esther ethan eugene eva evelyn fabian fatima felix fernanda fernando fiona florian frances francisco frank franziska frederick friedrich gabriel ' +
    'gabriela gareth gary gavin geoffrey george georgia gerald gerhard gisela gloria gonzalo gordon graham gregory günther guillermo hannah hans ' +
    'harald harold harriet harry hassan heather hector heike heinz helen helena helga henry herbert holger horst howard hugo ian ines ingrid ' +
    'irene isaac isabel isabella isabelle jack jackie jacob jacqueline jaime jake james jamie jan jana jane janet janine jason javier jean jeffrey ' +
    'jennifer jens jeremy jessica jesús jill joan joanna joel john jonas jonathan jorge josé joseph joshua joyce juan juana judith judy julia ' +
    'julian julie jürgen justin kai karen karin karl karolin kate katharina katherine kathleen kathryn katie katja keith kelly kenneth kerstin kevin ' +
    'kimberly klaus kristin kyle lara larry laura lauren laurent lawrence leah lena leo leon leonard leonie liam linda lisa lorenzo louis louise luca ' +
    'lucas lucia lucy luis luisa luke lukas lydia manfred manuel manuela marc marcel marco marcus margaret margarita maria mariana marie marina ' +
    'mario marion markus marlene marta martha martin martina mateo matteo matthew matthias max maximilian megan mehmet melanie melissa michael ' +
    'michaela michelle miguel mike miriam mohamed mohammed monica monika muhammad nadine nancy natalia natalie nathan neil nicholas nicola ' +
    'nicolas nicole nigel nils nina noah nora norbert oliver olivia oscar otto owen pablo pamela patricia patrick paul paula pedro peter petra philip ' +
    'philipp phillip phyllis priya rachel rafael rainer ralf ramón raquel raúl rebecca regina renate ricardo richard robert roberto rodrigo roger ' +
    'roland ronald rosa rosalind rosemary ruth ryan sabine sabrina samantha samuel sandra sara sarah scott sean sebastian sergio sharon sheila ' +
    'shirley silke silvia simon simone sofia sophia sophie stefan stefanie stephanie stephen steve steven stuart susan susana susanne suzanne svenja ' +
    'sylvia teresa theresa thomas thorsten tim timothy tina tobias todd tom tomás torsten tracy tyler ulrich ulrike ursula uwe valentina valeria ' +
    'dave mike liz kate jim joe bob tony andy matt dan sam alex nick steve jeff greg ed ted fred ron ken becky debbie cathy kathy jenny jess vicky maggie peggy sally annie abby gabe zack bobby billy jimmy johnny ' +
    'danny eddie freddie harvey leroy louie mick monty nate ollie pete phil priti raj ravi sanjay deepak anil sunita anjali li wei chen ming hiroshi kenji yuki akira ivan olga igor svetlana dmitri nadia ahmed ali omar layla ' +
    'ibrahim khalid noor sven ingrid lars astrid giovanni giulia pierre jacques camille chantal ewa agnieszka piotr katarzyna malgorzata tomasz ' +
    'vanessa vera verena veronica victor victoria vincent virginia walter wanda wayne werner wilhelm william wolfgang yasmin yusuf yvonne zachary zoe',
);

/** Also words of every day: a name only where a cue or a capital in mid-sentence says so. */
export const doubtfulNames: ReadonlySet<string> = list(
  'will may mark rose grace hope faith joy bill art frank grant jack june april august dawn ivy lily olive pearl ruby rich rob sue pat drew gene ray ' +
    'dean earl chase chance christian destiny eve harmony heath holly hunter iris jade jasmine jean josh miles penny pierce summer victor violet wade ' +
    'faye gay ginger guy hazel mercedes olive sandy skip terry angel angela ernst heide rosa rose sonne wolf jo mar sol paz luz dolores pilar cruz santos león ' +
    'max kai jan tim tom ella melanie kelly scott marina sierra carol jake virginia georgia charlotte austin madison florence',
);

/** Of one or two characters, most frequent first. */
export const chineseSurnames =
  '欧阳 司马 上官 诸葛 王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 袁 潘 于 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏 韦 付 方 白 邹 孟 熊 秦 邱 江 尹 薛 闫 段 雷 侯 龙 史 陶 黎 贺 顾 毛 郝 龚 邵 万 钱 严'.split(
    ' ',
  );

export const japaneseSurnames =
  '佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 斉藤 福田 太田 西村 藤井 金子 岡本 藤原 中野 三浦 原田 中川 松田 竹内 小野 田村 中山 和田 石田 森田 上田 原 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 工藤 今井 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 岩崎 菅原 木下 久保 佐野 野村 松尾 菊地 杉本 市川 古川 大西'.split(
    ' ',
  );
