"""Amounts in the capital characters that vouchers carry (大写金额), so that no digit can be slipped in. Pure."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capitals(fen: int) -> str:
    """``5235600.07 yuan`` as 伍佰贰拾叁万伍仟陆佰元零柒分; whole yuan end with 整."""
    yuan, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    text = ("负" if fen < 0 else "") + (f"{_whole(yuan)}元" if yuan or not rest else "")
    if not rest:
        return text + "整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return text + (f"{_DIGITS[cents]}分" if cents else "整")


def _whole(number: int) -> str:
    """A whole number by groups of four digits, a 零 for every run of zeros inside."""
    if number == 0:
        return _DIGITS[0]
    digits, text, zero = str(number), "", False
    for at, digit in enumerate(digits):
        place = len(digits) - 1 - at
        if digit == "0":
            zero = True
        else:
            text += (_DIGITS[0] if zero and text else "") + _DIGITS[int(digit)] + _PLACES[place % 4]
            zero = False
        if place % 4 == 0 and place and int(digits[max(0, at - 3) : at + 1]):
            text += _GROUPS[place // 4]
            # A group that ends with zeros is followed by one 零, unless the next group brings its own.
            zero = zero and digits[at + 1] != "0"
    return text
