"""What stands behind the key of a person, an address, a note or a number of theirs: one value, however many words.

A redactor takes such values out before anyone sees the text, and it takes them whole. So must a template, or the same
failure would have one identity where it was raised and another where it is read. Wider is safe here, narrower is not.
"""

from __future__ import annotations

import re

import re2

from openclaw_otel_plugins.v1.shapes import MARK, options

WORDS_OF = {
    "person": """first_name last_name full_name given_name given_names family_name middle_name maiden_name surname
    forename legal_name real_name firstname lastname fullname user_name username nickname nick_name login_name
    screen_name contact_name contact_person buyer_name customer_name client_name recipient_name receiver_name
    receipt_name consignee consignee_name addressee payer_name payee_name shopper_name sender_name guest_name
    member_name person_name billing_name shipping_name ship_to_name bill_to_name cardholder card_holder
    cardholder_name holder_name account_holder account_holder_name name_on_card shop_owner account_owner buyer_nick
    nombre_completo primer_nombre nombres apellido apellidos destinatario nombre_cliente nome_completo primeiro_nome
    sobrenome nome_cliente ho_ten ho_va_ten ten_nguoi_nhan nguoi_nhan ten_khach_hang khach_hang nama_lengkap
    nama_depan nama_penerima penerima nama_pembeli nama_pelanggan 姓名 收货人 收件人 买家 客户名 联系人 寄件人
    发件人 昵称 真实姓名 用户名 持卡人 收貨人 買家 客戶名 聯絡人 聯繫人 暱稱 真實姓名 用戶名 ชื่อ นามสกุล ผู้รับ
    họ_tên họ_và_tên người_nhận khách_hàng street_address street_name address_line address_detail full_address
    postal_code postcode post_code zip_code zipcode house_number apartment ship_to bill_to latitude longitude
    direccion dirección domicilio codigo_postal código_postal colonia endereco endereço logradouro dia_chi địa_chỉ
    so_nha số_nhà alamat_lengkap alamat_pengiriman kelurahan kecamatan kode_pos 地址 住址 街道 邮编 门牌 郵編
    郵遞區號 門牌 ที่อยู่ รหัสไปรษณีย์ ถนน customer_note order_note buyer_note buyer_message customer_message
    buyer_comment buyer_remark customer_comment message_to_seller message_to_buyer gift_message gift_note
    personal_message seller_memo buyer_memo order_comment special_instructions delivery_instructions
    delivery_instruction shipping_instructions checkout_message feedback_text review_text chat_message chat_content
    leave_message observaciones observacao observação observacoes observações comentario comentarios ghi_chu ghi_chú
    loi_nhan catatan_pembeli pesan_pembeli 备注 留言 備註 附言 หมายเหตุ ข้อความ""",
    "number": """phone phones telephone mobile mobile_no cellphone cell_phone fax fax_number whatsapp zalo
    phone_number phone_no mobile_number tel_number contact_number contact_no msisdn celular telefono teléfono
    telefone movil móvil dien_thoai điện_thoại so_dien_thoai số_điện_thoại sdt sđt no_telepon telepon handphone
    no_hp 手机 电话 手机号 联系方式 手機 電話 聯絡方式 โทรศัพท์ เบอร์โทร มือถือ cpf cnpj id_card id_card_no
    identity_card identity_number identity_no national_id citizen_id ssn passport passport_no tax_id tax_number
    vat_number nik ktp npwp cccd cmnd curp rfc dni 身份证 证件号 护照 税号 身分證 身份證 證件號 護照 稅號 birthday
    birthdate birth_date date_of_birth dob fecha_nacimiento data_nascimento ngay_sinh tanggal_lahir 生日 出生日期
    card_number card_no cardnumber credit_card debit_card cc_number 卡号 卡號 銀行卡 银行卡 信用卡 iban bank_account
    account_number account_no routing_number sort_code clabe wechat wechat_id weixin weixin_id wxid qq qq_number
    line_id telegram_id alipay_account 微信 支付宝账号 银行账号 账号 銀行帳號 帳號""",
    "named": """name names title login company company_name organization display_name owner contact city town
    district county province suburb ward locality nombre nome nama""",
    "quoted": """note notes comment comments memo remark remarks instructions address addresses street zip recipient
    recipients receiver nota notas line_1 line_2 email emails address_1 address_2 address_3 address_line_1
    address_line_2 address_name checkout_notes""",
    "secret": """token tokens secret secrets password passwd passphrase pwd authorization authentication bearer
    signature signatures sign sig hmac api_key apikey api_secret app_secret access_key secret_key private_key
    signing_key hash_key license_key consumer_key consumer_secret client_secret order_key auth_code
    authorization_code access_code verification_code code_verifier session_key session_id session_token csrf xsrf
    jwt otp totp pin_code cvv cvc security_code auth webhook_url hook_url connection_string pass passcode contrasena
    contraseña senha mat_khau mật_khẩu kata_sandi 密码 口令 令牌 密钥 签名 验证码 授权码 密碼 密鑰 金鑰 簽名 驗證碼
    授權碼 รหัสผ่าน โทเค็น""",
    "line": "cookie set_cookie",
}
"""`person`: whatever follows. `number`: what follows, where a digit is in it. `quoted`: only what stands in quotes.
`named`: only in quotes, and no single word, for that may name a field or a code. `secret`: one token, unless it is a
plain word of prose. `line`: all the rest of the line."""

_END = re.compile(
    r"[\r\n\"<>,;|&{}\[\]，；：。、]|\\(?!\\{0,7}'[A-Za-z])|(?<![A-Za-z\\])'|'(?![A-Za-z])|\s{1,3}[\w.\-]{1,60}\s?[=:]"
)
_TOKEN = re.compile(r"(?:(?i:bearer|basic|digest|negotiate|token)[ +]{1,2})?[^\s,;&\"'<>)}\]\\]*")
_PLAIN_WORD = re.compile(r"[A-Za-z_\-]{1,15}|[^\x00-\x7f]+")
_LINE_END = re.compile(r"[\r\n\"'<>\\]")
_QUOTE = re.compile(r"\s{0,3}[bBuUrRfFN@]{0,2}(\\?[\"'`])")
_BRACKET = re.compile(r"[{\[]|\((?![\d+])")
_NUMERIC = re.compile(r"[\d*]")
_ONE_WORD = re.compile(r"[A-Za-z0-9_.\-]*")
_SEPARATOR = r"(?:\\?[\"'`]?\]?[ \t]{0,2}(?:=>\s{1,8}string\(\d{1,9}\) ?|=>|[:=：])|>)[ \t]{0,3}"
"""Between key and value; `=>` and a length is PHP's var_dump, `>` the end of a tag."""


def _alternation(terms: str) -> str:
    found = []
    for term in set(terms.split()):
        pattern = r"[_\-. ]?".join(term.split("_"))
        found.append(rf"(?:\b|_){pattern}" if term.isascii() and "_" not in term else pattern)
    return "|".join(sorted(found, key=lambda text: (-len(text), text)))


_TERMS = {kind: _alternation(terms) for kind, terms in WORDS_OF.items()}
_KEYS = re2.compile(f"(?i)(?:{'|'.join(f'({terms})' for terms in _TERMS.values())}){_SEPARATOR}", options())
_PROBE = re2.compile(f"(?i)(?:{'|'.join(_TERMS.values())}){_SEPARATOR}", options())
_KINDS = tuple(WORDS_OF)
MOST_KEYS = 200


def mask_personal(text: str) -> str:
    """Return the text with everything behind a personal key replaced by ` * `. Placeholders in it are marks already."""
    if _PROBE.search(text) is None:
        return text
    pieces: list[str] = []
    last = position = 0
    for _ in range(MOST_KEYS):
        match = _KEYS.search(text, position)
        if match is None:
            break
        position = match.end()
        end = _value_end(text, position, _KINDS[(match.lastindex or 1) - 1])
        if end > position:
            pieces += text[last:position], f" {MARK} "
            last = position = end
    pieces.append(text[last:])
    return "".join(pieces)


def _value_end(text: str, start: int, kind: str) -> int:
    """Return where the value of a key ends; `start` when it is none."""
    quote = _QUOTE.match(text, start)
    if quote is not None:
        line = text.find("\n", quote.end())
        line = len(text) if line < 0 else line
        end = text.find(quote[1], quote.end(), line)
        end = line if end < 0 else end + len(quote[1])
        content = text[quote.end() : end - len(quote[1])]
        return start if kind == "named" and _ONE_WORD.fullmatch(content) else end
    if kind in ("quoted", "named") or _BRACKET.match(text, start):
        return start  # what stands in brackets has keys of its own
    if kind == "secret":
        return _secret_end(text, start)
    found = (_LINE_END if kind == "line" else _END).search(text, start)
    end = len(text) if found is None else found.start()
    if kind == "number" and _NUMERIC.search(text, start, end) is None:
        return start
    return end


def _secret_end(text: str, start: int) -> int:
    match = _TOKEN.match(text, start)
    if match is None or (text[:start].rstrip()[-1:] != "=" and _PLAIN_WORD.fullmatch(match[0])):
        return start
    return match.end()
