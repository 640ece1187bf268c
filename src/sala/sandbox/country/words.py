"""The words that invented names are made of: (Thai, romanised or English)."""

MINISTRIES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("แสงสว่างและความอบอุ่น", "Light and Warmth", (("โคมไฟสาธารณะ", "Public Lanterns"), ("แสงเหนือ", "Northern Light"), ("เตาผิงชุมชน", "Community Hearths"), ("ประภาคารบก", "Inland Lighthouses"), ("เงาและร่มไม้", "Shade and Canopies"))),
    ("สายน้ำและฝนฟ้า", "Rivers and Rainfall", (("ธารน้ำใส", "Clear Streams"), ("ฝนหลงฤดู", "Late Rains"), ("บ่อน้ำร่วมใจ", "Shared Wells"), ("เรือข้ามฟากเล็ก", "Small Ferries"), ("สายรุ้ง", "Rainbows"))),
    ("ตลาดนัดและงานฝีมือ", "Markets and Handicraft", (("ตลาดรุ่งเช้า", "Dawn Markets"), ("ช่างปั้นและช่างทอ", "Potters and Weavers"), ("ตาชั่งเที่ยงตรง", "True Scales"), ("ร้านค้าเดินทาง", "Travelling Shops"), ("ของใช้ซ่อมได้", "Mendable Goods"))),
    ("ถนนหนทางและสะพาน", "Roads and Bridges", (("ทางเดินเท้าไกล", "Long Footpaths"), ("สะพานแขวน", "Hanging Bridges"), ("จักรยานเมือง", "Town Bicycles"), ("ป้ายบอกทาง", "Signposts"), ("ศาลาริมทาง", "Wayside Halls"))),
    ("ข่าวสารและไปรษณีย์อากาศ", "Tidings and Airmail", (("นกพิราบสื่อสาร", "Carrier Pigeons"), ("ตู้จดหมายแดง", "Red Letterboxes"), ("หอกระจายเสียงหวาน", "Gentle Broadcasting"), ("สารด่วนดิจิทัล", "Digital Dispatches"), ("แสตมป์และตราประทับ", "Stamps and Seals"))),
    ("ป่าเมฆและสัตว์น้อยใหญ่", "Cloud Forests and Creatures", (("ป่าเมฆ", "Cloud Forests"), ("ทางผ่านของช้าง", "Elephant Crossings"), ("นกย้ายถิ่น", "Migrant Birds"), ("กล้วยไม้ภูเขา", "Mountain Orchids"), ("หิ่งห้อย", "Fireflies"))),
    ("อาหารและครัวชุมชน", "Food and Community Kitchens", (("ครัวกลาง", "Common Kitchens"), ("พริกและสมุนไพร", "Chillies and Herbs"), ("ข้าวใหม่", "New Rice"), ("ตู้เย็นแบ่งปัน", "Shared Larders"), ("รสมือแม่", "Home Flavours"))),
    ("การอ่านและหอหนังสือ", "Reading and Book Halls", (("หอหนังสือเคลื่อนที่", "Moving Book Halls"), ("นิทานก่อนนอน", "Bedtime Stories"), ("ตัวอักษรและลายมือ", "Letters and Handwriting"), ("จดหมายเหตุครอบครัว", "Family Archives"), ("คำเก่าคำใหม่", "Old and New Words"))),
    ("ดวงดาวและปฏิทิน", "Stars and Calendars", (("ปฏิทินร่วม", "Shared Calendars"), ("หอดูดาวหมู่บ้าน", "Village Observatories"), ("นาฬิกาหอสูง", "Tower Clocks"), ("ข้างขึ้นข้างแรม", "Moon Phases"), ("ดาวหาง", "Comets"))),
    ("ความสุขและการพักผ่อน", "Happiness and Rest", (("เก้าอี้ริมน้ำ", "Riverside Chairs"), ("วันหยุดยาว", "Long Holidays"), ("สวนลมเย็น", "Breezy Gardens"), ("การนอนหลับ", "Good Sleep"), ("เสียงหัวเราะ", "Laughter"))),
    ("บ้านเรือนและเพื่อนบ้าน", "Homes and Neighbours", (("หลังคาและรางน้ำ", "Roofs and Gutters"), ("รั้วเตี้ย", "Low Fences"), ("ลานบ้านร่วม", "Shared Yards"), ("บ้านต้นไม้", "Tree Houses"), ("กุญแจสำรอง", "Spare Keys"))),
    ("ดนตรีและงานเทศกาล", "Music and Festivals", (("วงปี่พาทย์เยาว์", "Young Orchestras"), ("โคมลอยปลอดภัย", "Safe Sky Lanterns"), ("เวทีกลางแจ้ง", "Open-air Stages"), ("เพลงกล่อมเด็ก", "Lullabies"), ("ขบวนแห่", "Parades"))),
    ("หมู่เกาะและการเดินทะเล", "Islands and Seafaring", (("เกาะไกลฝั่ง", "Far Islands"), ("เรือใบเล็ก", "Small Sails"), ("ปะการังสี", "Coloured Corals"), ("ท่าเรือไม้", "Wooden Piers"), ("ลมมรสุม", "Monsoon Winds"))),
    ("ความเป็นธรรมใกล้บ้าน", "Fairness Close to Home", (("ไกล่เกลี่ยใต้ต้นไม้", "Mediation under the Tree"), ("คำร้องปากเปล่า", "Spoken Petitions"), ("ของหายได้คืน", "Lost and Found"), ("สัญญาอ่านง่าย", "Readable Contracts"), ("พยานใจดี", "Kind Witnesses"))),
    ("เด็กและนักประดิษฐ์", "Children and Inventors", (("ของเล่นไม้", "Wooden Toys"), ("โรงซ่อมของเล่น", "Toy Workshops"), ("ว่าวและจรวดน้ำ", "Kites and Water Rockets"), ("คำถามของเด็ก", "Children's Questions"), ("สนามทดลอง", "Trial Grounds"))),
    ("พลังลมและพลังแดด", "Wind and Sun Power", (("กังหันลมเล็ก", "Small Windmills"), ("หลังคารับแดด", "Sunny Roofs"), ("แบตเตอรี่ชุมชน", "Community Batteries"), ("ว่าวผลิตไฟ", "Power Kites"), ("ไฟทางอัตโนมัติ", "Self-lit Paths"))),
    ("ทุ่งนาและสวนผลไม้", "Fields and Orchards", (("นาขั้นบันได", "Terraced Fields"), ("สวนมังคุดร่วม", "Shared Mangosteen Gardens"), ("หุ่นไล่กา", "Scarecrows"), ("เมล็ดพันธุ์โบราณ", "Heirloom Seeds"), ("ผึ้งและดอกไม้", "Bees and Flowers"))),
    ("มิตรไมตรีระหว่างเมือง", "Friendship between Towns", (("เมืองคู่มิตร", "Friend Towns"), ("ล่ามอาสา", "Volunteer Interpreters"), ("แขกบ้านแขกเมือง", "Town Guests"), ("ของฝาก", "Gifts"), ("หนังสือเดินทางท้องถิ่น", "Local Passports"))),
    ("การงานและเพื่อนร่วมงาน", "Work and Colleagues", (("งานชิ้นแรก", "First Jobs"), ("พักเที่ยง", "Lunch Breaks"), ("เครื่องมือให้ยืม", "Tools on Loan"), ("ครูช่าง", "Master Craftspeople"), ("วันเกษียณ", "Retirement Days"))),
    ("บัญชีและเงินออม", "Accounts and Savings", (("กระปุกออมสินหมู่บ้าน", "Village Money Boxes"), ("บัญชีเปิดเผย", "Open Ledgers"), ("เหรียญและธนบัตรเก่า", "Old Coins and Notes"), ("ภาษีอ่านง่าย", "Readable Taxes"), ("ใบเสร็จดิจิทัล", "Digital Receipts"))),
)  # fmt: skip

DEPARTMENT_FORMS: tuple[tuple[str, str], ...] = (
    ("กรมส่งเสริม{}", "Department for the Promotion of {}"),
    ("กรมมาตรฐาน{}", "Department of {} Standards"),
    ("สำนักงานทะเบียน{}", "Registry Office of {}"),
)

PROVINCE_FIRST: tuple[tuple[str, str], ...] = (
    ("เมฆา", "Mekha"), ("ดารา", "Dara"), ("จันทรา", "Chanthra"), ("วายุ", "Wayu"), ("พฤกษา", "Phruksa"),
    ("มณี", "Mani"), ("ไพลิน", "Phailin"), ("บุษบา", "Butsaba"), ("ธารา", "Thara"), ("คีรี", "Khiri"),
    ("นภา", "Napha"), ("รัศมี", "Ratsami"), ("สาคร", "Sakhon"), ("อรุณ", "Arun"), ("ทิวา", "Thiwa"),
    ("ราตรี", "Ratri"), ("เหมันต์", "Heman"), ("วสันต์", "Wasan"), ("คิมหันต์", "Khimhan"),
)  # fmt: skip
PROVINCE_LAST: tuple[tuple[str, str], ...] = (
    ("นิมิต", "Nimit"), ("วิจิตร", "Wichit"), ("บันดาล", "Bandan"), ("พิศวง", "Phitsawong"),
)  # fmt: skip

PLACE_GENERIC: tuple[tuple[str, str], ...] = (
    ("บ้าน", "Ban"), ("หนอง", "Nong"), ("ทุ่ง", "Thung"), ("ดอน", "Don"), ("โคก", "Khok"), ("ห้วย", "Huai"),
    ("คลอง", "Khlong"), ("ท่า", "Tha"), ("ภู", "Phu"), ("ดอย", "Doi"), ("นา", "Na"), ("ป่า", "Pa"),
    ("สวน", "Suan"), ("บึง", "Bueng"), ("ลาน", "Lan"), ("แม่", "Mae"),
)  # fmt: skip
PLACE_FIRST: tuple[tuple[str, str], ...] = (
    ("เมฆ", "Mek"), ("ดาว", "Dao"), ("รุ้ง", "Rung"), ("จันทร์", "Chan"), ("หมอก", "Mok"), ("ลม", "Lom"),
    ("ฝน", "Fon"), ("แสง", "Saeng"), ("ฟ้า", "Fa"), ("หิ่งห้อย", "Hinghoi"), ("หยก", "Yok"), ("อำพัน", "Amphan"),
    ("มุก", "Muk"), ("ตะวัน", "Tawan"), ("น้ำค้าง", "Namkhang"), ("ผีเสื้อ", "Phisuea"), ("ขนนก", "Khonnok"),
    ("เปลวเทียน", "Plaeothian"), ("กระดิ่ง", "Krading"), ("ใบชา", "Baicha"), ("คลื่น", "Khluen"),
    ("ว่าว", "Wao"), ("สำเภา", "Samphao"), ("โคม", "Khom"),
)  # fmt: skip
PLACE_LAST: tuple[tuple[str, str], ...] = (
    ("กระซิบ", "Krasip"), ("ยิ้ม", "Yim"), ("เริงรำ", "Roengram"), ("เดินทาง", "Doenthang"),
    ("ล่องลอย", "Longloi"), ("ฝันดี", "Fandi"), ("พลิ้วไหว", "Phlio Wai"), ("สีคราม", "Si Khram"),
    ("นิทาน", "Nithan"), ("คำนึง", "Khamnueng"), ("ระยับ", "Rayap"), ("ขับขาน", "Khapkhan"),
    ("อ้อยอิ่ง", "Oi Ing"), ("หลับใหล", "Laplai"), ("ร้อยดวง", "Roi Duang"), ("เล่าเรื่อง", "Laorueang"),
    ("สัญจร", "Sanchon"), ("อาทร", "Athon"), ("กลิ่นหวาน", "Klin Wan"), ("เจ็ดสี", "Chet Si"),
    ("พันธนู", "Phan Thanu"), ("ไม่รู้ลืม", "Mai Ru Luem"), ("คอยเพื่อน", "Khoi Phuean"), ("กลับบ้าน", "Klap Ban"),
)  # fmt: skip
