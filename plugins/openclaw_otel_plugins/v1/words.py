"""The word lists of template v1: which words carry a code, a count, a unit, a name. Data, no behaviour."""

from __future__ import annotations

CODE_WORDS = frozenset(
    """code codes err errno error errorno error_no errcode err_code err_no error_code errorcode error_number
    status status_code statuscode http_status httpstatus http http_code httpcode rc ret retcode ret_code
    return_code returncode result_code resultcode response_code responsecode sub_code subcode oserror winerror
    sqlstate sqlcode ora hresult ntstatus signal exit exitcode exit_code exit_status reason_code
    错误码 错误代码 错误 错误号 状态码 返回码 响应码 异常码 代码""".split()
)
"""A number right after one of these is an error number or status: meaning, never a value."""

CODE_FILLERS = frozenset("code codes number no status of is was with response errno".split())
"""Words that may stand between a code word and its number: `status code 404`, `error code is 5`."""

NOT_CODE = frozenset(
    """zip postal post postcode promo promotion discount coupon country area tracking bar verification voucher
    gift sku product item invite referral warehouse shipping carrier region tax hs currency order store shop
    language dial pin""".split()
)
"""`zip code 90210`, `discount code 2024`: the word before makes the number a value."""

STATUS_VERBS = frozenset("returned returns return responded answered replied got received with gave".split())
"""`returned 404`: a three-digit number after these is an HTTP status, unless a thing that is counted follows."""

STATUS_FOLLOWERS = frozenset(
    """after for from on in to while when at but and or instead with by during response error status via
    before without as than since because""".split()
)
"""What may follow such a status; another word is what was counted (`returned 200 rows`)."""

REASONS = {
    "400": ("bad",), "401": ("unauthorized", "unauthorised"), "402": ("payment",), "403": ("forbidden",),
    "404": ("not", "page"), "405": ("method",), "406": ("not",), "408": ("request",), "409": ("conflict",),
    "410": ("gone",), "411": ("length",), "412": ("precondition",), "413": ("payload", "request", "content"),
    "414": ("uri", "request-uri"), "415": ("unsupported",), "416": ("range",), "417": ("expectation",),
    "421": ("misdirected",), "422": ("unprocessable",), "423": ("locked",), "424": ("failed",), "425": ("too",),
    "426": ("upgrade",), "428": ("precondition",), "429": ("too",), "430": ("shopify",), "431": ("request",),
    "451": ("unavailable",), "500": ("internal",), "501": ("not",), "502": ("bad",), "503": ("service",),
    "504": ("gateway",), "505": ("http",), "507": ("insufficient",), "508": ("loop",), "511": ("network",),
}  # fmt: skip
"""HTTP status → first word of its reason phrase; `Client Error` and `Server Error` go with any."""

UNITS = frozenset(
    """ns us µs ms s sec secs second seconds min mins minute minutes h hr hrs hour hours d day days week weeks month
    months year years millisecond milliseconds microsecond microseconds nanosecond nanoseconds
    b kb mb gb tb kib mib gib byte bytes bit bits char chars % percent px pt
    g kg mg lb lbs oz ml l cl cm mm m km inch ft am pm utc gmt z cst pst est cet bst jst ist
    jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september
    october november december mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday
    毫秒 秒 秒钟 分 分钟 小时 天 日 周 月 年 字节 元 件 个 条 次 块""".split()
)
"""A unit or part of a date next to a number belongs to the number."""

MONTHS = frozenset(
    """jan feb mar apr jun jul aug sep sept oct nov dec january february march april june july august september
    october november december mon tue wed thu fri sat sun""".split()
)
"""Words that open a date: they go with the number after them."""

CURRENCIES = frozenset(
    """USD EUR CNY RMB GBP JPY KRW HKD TWD SGD MYR THB VND IDR PHP INR AUD NZD CAD MXN BRL ARS CLP COP UYU PEN CHF
    SEK NOK DKK PLN CZK HUF RON TRY RUB UAH ILS AED SAR ZAR EGP NGN KES PKR BDT LKR MMK KHR LAK MOP KZT BGN ISK QAR
    KWD BHD OMR JOD MAD TND GHS BOB PYG CRC DOP GTQ HNL NIO PAB USDT""".split()
)
LONE_CURRENCIES = CURRENCIES - frozenset("TRY PEN LAK MOP COP ALL TOP MAD RON PHP".split())
"""Currencies that are no words in capitals, so that they are a value even without a number beside them."""

LABELS = frozenset(
    """order orders product products variant variants item items package packages parcel parcels payout payouts
    request trace webhook delivery customer buyer user tenant account merchant member shipment shipments tracking
    invoice invoices transaction transactions payment payments refund refunds batch job task message session
    channel listing listings location asset
    订单 商品 包裹""".split()
)
"""A thing that has an id: a word with a digit or of capitals and dashes after it is that id."""

STRONG_LABELS = frozenset(
    """sku skus asin store stores shop shops region regions marketplace marketplaces warehouse warehouses host
    hosts hostname shard partition node pod worker replica broker instance seller sellers zone carrier currency
    locale server cluster bucket db queue topic site country city state
    仓库 店铺 商店 站点 地区""".split()
)
"""A thing that has a name: besides ids, words of capitals or with a dash after it are that name."""

ACRONYMS = frozenset(
    """ID IDS URL URI API SKU SKUS HTTP HTTPS JSON XML SQL SSL TLS TCP UDP IP DNS OK NOT AND OR IS ARE WAS IN AT ON
    NO NULL NONE TRUE FALSE EAN UPC GTIN ASIN FBA FBM OAUTH JWT CSV PDF HTML GET POST PUT PATCH DELETE HEAD VAT TAX
    COD SMS PIN OTP ERP WMS SDK CLI UTC GMT UUID ERROR FAILED INVALID MISSING""".split()
)
"""Words of capitals that name no one thing."""

SCHEMA_LABELS = frozenset(
    """column columns constraint relation table index field fields attribute property parameter argument method
    function class type key schema view sequence trigger enum""".split()
)
"""What has a name in code or in a database: its name is kept, digits and all."""

LABEL_FILLERS = frozenset("id ids no number no. nr named called # sn key id: 号 编号".split())
PLACE_WORDS = frozenset("at in from for to of on via by near".split())
CURRENCY_WORDS = frozenset("RM Rp Rs R kr zł Kč Ft lei US HK NT NTD USD EUR GBP US$ HK$ NT$ R$ S$ A$ C$".split())
"""What stands before an amount without being an ISO code."""

VALUE_KEYS = frozenset(
    """id ref reference sn no number uuid guid hash sig signature nonce token key store shop store_name shop_name
    region marketplace warehouse host hostname server shard sku seller_sku order item product package payout
    request trace session user username customer buyer seller merchant account tenant name first_name last_name
    full_name firstname lastname email mail phone mobile tel address city street zip postcode postal_code province
    state country amount total price_amount currency quantity qty count date time timestamp created updated
    expires path file filename url uri ip addr port node pod worker instance region_id site locale lang
    password passwd pwd secret cookie authorization auth_token access_token refresh_token client_secret api_key
    apikey app_secret app_key note remark memo comment value input input_value object offset position line column
    size length bytes elapsed duration took attempt attempts retry tries version partner_id shop_id""".split()
)
"""`key=value` with one of these keys: whatever stands after the sign is a value."""

VALUE_KEY_ENDINGS = ("_id", "_ids", "_no", "_sn", "_ref", "_uuid", "_token", "_secret", "_hash", "_at", "_date",
                     "_time", "_ts", "_number", "_sku", "_host", "_url", "_path", "_ip", "_email", "_phone",
                     "_amount", "_count", "_qty", "_ms", "_name", "_address")  # fmt: skip

SCHEMES = frozenset("basic bearer digest negotiate ntlm token".split())
TECHNICAL = frozenset(
    """address1 address2 address3 line1 line2 line3 street1 street2 addr1 addr2 phone1 phone2 option1 option2
    option3 oauth2 oauth1 utf8 utf-8 utf16 utf-16 utf32 utf-32 latin1 latin-1 gbk gb2312 gb18030 big5 cp1252
    cp936 cp437 windows-1252 iso-8859-1 iso8601 iso-8601 rfc3339 rfc2822 ascii base64 base32 base58 base16 md5
    sha1 sha-1 sha256 sha-256 sha384 sha512 sha-512 hmac-sha1 hmac-sha256 rs256 hs256 es256 rs512 ps256 aes128
    aes256 aes-256-gcm ed25519 x509 x.509 p12 pkcs1 pkcs7 pkcs8 pkcs12 ipv4 ipv6 http2 http3 http/2 s3 ec2 k8s
    mp3 mp4 h264 3ds 3ds2 3d 2d 2fa b2b b2c c2c d2c o2o e2e i18n l10n a11y n11n web3 win32 x86 x64 x86_64 arm64
    amd64 linux64 python2 python3 psycopg2 urllib3 httplib2 jinja2 log4j slf4j junit4 junit5 es6 es5 ean13 ean8
    upc12 gtin8 gtin12 gtin13 gtin14 isbn10 isbn13 code128 a4 a5 a6 tlsv1 tlsv1.2 tlsv1.3 tls1.2 tls1.3 sslv3
    ssl3 tls1_2 tls1_3 sqlite3 mysql8 nodejs18 int8 int16 int32 int64 int128 uint8 uint16 uint32 uint64 float16
    float32 float64 decimal128 varchar2 bytes32 nvarchar2 k1 level1 level2 tier1 tier2 tier3 alpha2 alpha3 t1 t2
    sub1 sub2 l2 l3 v8 vp9 p95 p99 log2 log10 h1 h2 col1 col2""".split()
)
"""Words with a digit in them that are words all the same."""

NULLS = frozenset("n/a na none null nil nan undefined inf -inf infinity - -- unknown empty".split())
"""What stands in quotes where a value is missing."""

HOST_ENDINGS = frozenset(
    """com net org io cn example local internal localhost invalid lan intra corp cloud dev biz edu gov
    svc cluster amazonaws localdomain onion""".split()
)
HOST_COUNTRIES = frozenset(
    """ar au br ca ch cl co de dk es eu fi fr hk ie il jp ke kr mx my nl nz pe ph pl pt ru se sg th tr tw ua uk
    us uy vn za""".split()
)
"""Country endings that are no everyday last part of a dotted name (`order.id`, `item.in` are names)."""

INFRA = frozenset(
    """shard node pod worker host server db replica partition broker instance redis kafka cache thread slot zone
    rack cell wh dc store shop region consumer producer queue pool conn web app api job task proc process
    executor runner agent master slave primary secondary part chunk page lane bay dock shelf bin batch""".split()
)
"""`shard7`, `worker3`: the number names one of many."""

PLACEHOLDERS = (
    "email|e_mail|mail|phone|mobile|tel|token|card|card_number|pan|redacted|masked|filtered|withheld|hidden|removed"
    "|secret|password|key|api_key|private_key|jwt|pem|cookie|authorization|basic_auth|bearer|signature|name|person"
    "|address|note|birthdate|birthday|free_text|user|buyer|customer|url|private_url|link|ip|ip_address|iban|bank_account|account|cpf"
    "|cnpj|id|id_number|cn_id|national_id|tax_id|ssn|passport|wechat|qq|line_id|cn_mobile|value|text|body|data"
)
"""What a redactor may write between brackets in the place of a value (besides any `word:hash` form)."""
