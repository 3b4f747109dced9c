"""Good prose in many languages, as a game master would keep it: language → two paragraphs."""

PROSE = {
    "en": (
        "Low Tarn smells of wet rope before anyone sees it. The ferrywoman Ilse Brandt rings a cracked bell at dusk, "
        "and every shutter on the quay closes. Strangers think it is a greeting; the children know that it is a count.",
        '"Eleven went out," says the old lamplighter, "and twelve came home." He will not say who the twelfth is. The '
        "bread in his pocket is for her, and the mill behind the church has had a light in it since Monday.",
    ),
    "de": (
        "Der Hafen von Niederwasser riecht nach Teer, noch ehe man ihn sieht. Die Fährfrau Ilse Brandt läutet bei "
        "Einbruch der Dunkelheit eine gesprungene Glocke, und alle Läden am Kai gehen zu. Fremde halten das für "
        "einen Gruß; die Kinder wissen, dass gezählt wird.",
        "„Elf sind hinausgefahren“, sagt der alte Lampenanzünder, „und zwölf sind heimgekommen.“ Wer der Zwölfte ist, "
        "sagt er nicht. Das Brot in seiner Tasche ist für sie, und in der Mühle hinter der Kirche brennt seit Montag "
        "ein Licht. »Frag mich nicht, wer es angezündet hat.«",
    ),
    "fr": (
        "Le port de Basse-Eau sent le goudron avant même qu'on l'aperçoive. La passeuse Ilse Brandt sonne une cloche "
        "fêlée à la tombée du soir, et tous les volets du quai se ferment. Les étrangers y voient un salut ; les "
        "enfants savent que l'on compte.",
        "« Onze sont partis, dit le vieil allumeur de réverbères, et douze sont rentrés. » Il ne dira pas qui est le "
        "douzième. Le pain qu'il garde dans sa poche est pour elle, et le moulin derrière l'église est éclairé depuis "
        "lundi. Qui donc a rallumé la lampe ?",
    ),
    "es": (
        "El puerto de Aguabaja huele a brea antes de que nadie lo vea. La barquera Ilse Brandt toca una campana rota "
        "al anochecer, y todo el muelle cierra los postigos. Los forasteros creen que es un saludo; los niños saben "
        "que alguien está contando.",
        "«Salieron once —dice el viejo farolero— y volvieron doce». No quiere decir quién es la duodécima. El pan que "
        "guarda en el bolsillo es para ella, y el molino de detrás de la iglesia tiene luz desde el lunes. ¿Quién la "
        "encendió?",
    ),
    "it": (
        "Il porto di Acquabassa odora di pece prima ancora che lo si veda. La traghettatrice Ilse Brandt suona una "
        "campana incrinata all'imbrunire, e tutte le imposte del molo si chiudono. I forestieri lo prendono per un "
        "saluto; i bambini sanno che si conta.",
        "«In undici sono usciti», dice il vecchio lampionaio, «e in dodici sono tornati.» Chi sia il dodicesimo non "
        "lo dice. Il pane che ha in tasca è per lei, e nel mulino dietro la chiesa c'è una luce da lunedì.",
    ),
    "pt": (
        "O porto de Águas Baixas cheira a alcatrão antes que alguém o veja. A barqueira Ilse Brandt toca um sino "
        "rachado ao anoitecer, e todo o cais fecha as portadas. Os forasteiros julgam que é uma saudação; as crianças "
        "sabem que é uma contagem.",
        "— Saíram onze — diz o velho acendedor de candeeiros — e voltaram doze. Não diz quem é a décima segunda. O "
        "pão que traz no bolso é para ela, e o moinho atrás da igreja tem luz desde segunda-feira.",
    ),
    "pl": (
        "Port w Niskiej Wodzie pachnie smołą, zanim ktokolwiek go zobaczy. Przewoźniczka Ilse Brandt o zmierzchu bije "
        "w pęknięty dzwon i na całym nabrzeżu zamykają się okiennice. Obcy biorą to za powitanie; dzieci wiedzą, że "
        "ktoś liczy.",
        "„Jedenastu wypłynęło — mówi stary latarnik — a dwunastu wróciło”. Nie powie, kim jest dwunasty. Chleb w jego "
        "kieszeni jest dla niej, a w młynie za kościołem od poniedziałku pali się światło.",
    ),
    "ru": (
        "Порт Нижняя Вода пахнет дёгтем ещё до того, как его увидишь. Паромщица Ильза Брандт в сумерках бьёт в "
        "треснувший колокол, и вся набережная закрывает ставни. Приезжие думают, что это приветствие; дети знают, что "
        "это счёт.",
        "«Одиннадцать ушли, — говорит старый фонарщик, — а двенадцать вернулись». Кто двенадцатый, он не скажет. Хлеб "
        "у него в кармане — для неё, а на мельнице за церковью с понедельника горит свет.",
    ),
    "el": (
        "Το λιμάνι μυρίζει πίσσα πριν ακόμη το δει κανείς. Η βαρκάρισσα Ίλζε Μπραντ χτυπά το σούρουπο μια ραγισμένη "
        "καμπάνα, και όλα τα παντζούρια της προκυμαίας κλείνουν. Οι ξένοι νομίζουν πως είναι χαιρετισμός· τα παιδιά "
        "ξέρουν πως κάποιος μετράει.",
        "«Έντεκα έφυγαν», λέει ο γέρος φανοκόρος, «και δώδεκα γύρισαν». Δεν λέει ποια είναι η δωδέκατη. Το ψωμί στην "
        "τσέπη του είναι για εκείνη, και στον μύλο καίει φως από τη Δευτέρα. Ποιος το άναψε;",
    ),
    "ar": (
        "تفوح من الميناء رائحة القار قبل أن يراه أحد. وعند الغروب تدقّ صاحبة العبّارة إلزه جرسًا مشقوقًا فتُغلق "
        "نوافذ الرصيف كلّها. يظنّ الغرباء أنّها تحيّة، أمّا الأطفال فيعرفون أنّ أحدًا يَعُدّ.",
        "قال موقد المصابيح العجوز: «خرج أحد عشر وعاد اثنا عشر». لا يقول من هي الثانية عشرة، لكنّ الخبز في جيبه لها، "
        "وفي الطاحونة خلف الكنيسة ضوء منذ يوم الاثنين. فمن أشعله؟",
    ),
    "he": (
        "הנמל מריח מזפת עוד לפני שרואים אותו. בעלת המעבורת אילזה מצלצלת עם רדת החשכה בפעמון סדוק, וכל התריסים לאורך "
        "הרציף נסגרים. הזרים חושבים שזו ברכה; הילדים יודעים שמישהו סופר.",
        '"אחד עשר יצאו", אומר מדליק הפנסים הזקן, "ושנים עשר חזרו." הוא לא יגיד מי השנייה. הלחם שבכיסו נועד לה, '
        "ובטחנה שמאחורי הכנסייה דולק אור מיום שני.",
    ),
    "fa": (
        "بندر پیش از آن‌که دیده شود بوی قیر می‌دهد. هنگام غروب، ایلزه که قایق می‌راند ناقوسی ترک‌خورده را به صدا "
        "درمی‌آورد و همهٔ پنجره‌های اسکله بسته می‌شوند. غریبه‌ها گمان می‌کنند سلام است؛ بچه‌ها می‌دانند کسی می‌شمارد.",
        "چراغ‌افروز پیر می‌گوید: «یازده نفر رفتند و دوازده نفر برگشتند.» نمی‌گوید دوازدهمی کیست. نانی که در جیب دارد "
        "برای اوست و در آسیاب پشت کلیسا از دوشنبه چراغی روشن است.",
    ),
    "hi": (
        "बंदरगाह दिखने से पहले ही उसकी गंध आ जाती है: तारकोल और गीली रस्सी। साँझ होते ही नाविक इल्ज़ा एक चटकी हुई घंटी बजाती "
        "है और घाट की सारी खिड़कियाँ बंद हो जाती हैं। परदेसी इसे स्वागत समझते हैं; बच्चे जानते हैं कि कोई गिन रहा है।",
        "“ग्यारह गए थे,” बूढ़ा दीये वाला कहता है, “और बारह लौटे।” बारहवीं कौन है, वह नहीं बताता। उसकी जेब की रोटी उसी के लिए है, और "
        "चक्की में सोमवार से उजाला है।",
    ),
    "ja": (
        "低潮の港は、姿を見せるより先に縄と瀝青の匂いがする。日が暮れると、渡し守のイルゼがひびの入った鐘を鳴らし、岸壁の雨戸がいっせいに閉まる。"
        "よそ者は挨拶だと思うが、子どもたちは数を数えているのだと知っている。",
        "「十一人が出て、十二人が帰った」と点灯夫の老人は言う。十二人目が誰かは言わない。懐のパンはその人のためで、教会の裏の水車小屋には月曜から"
        "明かりがともっている。「誰がつけたのだろう？」",
    ),
    "zh": (
        "低潮港还没看见，就先闻到了沥青和湿绳的气味。天一黑，摆渡的伊尔莎便敲响那口裂了缝的钟，码头上的窗板一扇接一扇关上。外乡人以为那是在打招呼，"
        "孩子们却知道有人在点数。",
        "“出去的是十一个，”点灯的老人说，“回来的是十二个。”他不肯说第十二个是谁。他口袋里的面包是留给她的，教堂后面的磨坊从星期一起就亮着灯。",
    ),
    "ko": (
        "낮은물 항구는 눈에 보이기 전에 타르와 젖은 밧줄 냄새가 먼저 난다. 해가 지면 뱃사공 일제가 금 간 종을 치고, "
        "부두의 덧문이 하나씩 닫힌다. "
        "낯선 사람들은 그것이 인사인 줄 알지만, 아이들은 누군가 수를 세고 있다는 것을 안다.",
        "“열한 명이 나갔고 열두 명이 돌아왔지.” 등불지기 노인이 말한다. 열두 번째가 누구인지는 말하지 않는다. "
        "주머니 속의 빵은 그 사람 몫이고, 교회 뒤 방앗간에는 월요일부터 불이 켜져 있다.",
    ),
    "th": (
        "ท่าเรือน้ำต่ำมีกลิ่นยางมะตอยและเชือกเปียกลอยมาก่อนที่ใครจะมองเห็น พอตะวันตกดิน อิลเซ่คนแจวเรือข้ามฟากจะตีระฆังร้าว แล้วบานหน้าต่าง"
        "ริมท่าก็ปิดลงทีละบาน คนแปลกหน้าคิดว่าเป็นการทักทาย แต่เด็ก ๆ รู้ว่ามีใครกำลังนับจำนวนอยู่",
        "“ออกไปสิบเอ็ดคน” ตาเฒ่าคนจุดตะเกียงพูด “แต่กลับมาสิบสองคน” แกไม่ยอมบอกว่าคนที่สิบสองคือใคร ขนมปังในกระเป๋านั้นเก็บไว้ให้หล่อน และ"
        "โรงสีหลังโบสถ์มีแสงไฟมาตั้งแต่วันจันทร์",
    ),
    "tr": (
        "Alçaksu limanı görünmeden önce katran ve ıslak halat kokar. Kayıkçı Ilse Brandt hava kararınca çatlak bir çan "
        "çalar, rıhtımdaki bütün kepenkler kapanır. Yabancılar bunu selam sanır; çocuklar birinin saydığını bilir.",
        "“On bir kişi gitti,” diyor yaşlı fenerci, “on iki kişi döndü.” On ikincinin kim olduğunu söylemez. Cebindeki "
        "ekmek onun içindir ve kilisenin arkasındaki değirmende pazartesiden beri ışık yanıyor.",
    ),
    "hy": (
        "Նավահանգիստը ձյութի հոտ ունի, երբ դեռ չի երևում։ Մթնշաղին լաստավար Իլզեն խփում է ճաքած զանգը, և առափնյա բոլոր "
        "փեղկերը փակվում են։ Օտարները կարծում են, թե դա ողջույն է, իսկ երեխաները գիտեն, որ ինչ-որ մեկը հաշվում է։",
        "«Տասնմեկը գնացին,— ասում է ծեր լապտերավառը,— և տասներկուսը վերադարձան»։ Նա չի ասում, թե ով է տասներկուերորդը։ "
        "Գրպանի հացը նրա համար է, և ջրաղացում երկուշաբթիից լույս է վառվում։",
    ),
    "vi": (
        "Bến Nước Thấp bốc mùi nhựa đường trước khi người ta nhìn thấy nó. Cứ chập tối, cô lái đò Ilse lại gõ cái "
        "chuông nứt, và mọi cánh cửa trên bến đều khép lại. Người lạ tưởng đó là lời chào; lũ trẻ biết rằng có ai đó "
        "đang đếm.",
        "“Mười một người ra đi,” ông già thắp đèn nói, “mà mười hai người trở về.” Ông không chịu nói người thứ mười "
        "hai là ai. Ổ bánh trong túi ông là để cho cô ấy, và cối xay sau nhà thờ đã sáng đèn từ hôm thứ hai.",
    ),
    "fi": (
        "Matalaveden satama haisee tervalta ennen kuin sitä näkee. Lautturi Ilse Brandt soittaa hämärissä haljennutta "
        "kelloa, ja laiturin kaikki luukut sulkeutuvat. Vieraat luulevat sitä tervehdykseksi; lapset tietävät, että "
        "joku laskee.",
        "”Yksitoista lähti”, sanoo vanha lyhdynsytyttäjä, ”ja kaksitoista palasi.” Hän ei sano, kuka on kahdestoista. "
        "Leipä hänen taskussaan on tälle, ja kirkon takana olevassa myllyssä on palanut valo maanantaista asti.",
    ),
}
