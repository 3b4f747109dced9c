"""In which direction text in a language is written."""

from typing import Literal

from foundation.language_tag import primary

#: ISO 15924. The scripts of living languages that run from right to left.
SCRIPTS = frozenset(("Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"))
#: The languages that are usually written in one of these (Unicode CLDR 48, likelySubtags).
_LANGUAGES = """
ar dv fa he ks ps sd ug ur yi aao abh abv acm acq acw acx adf aeb aec aee aeq afb aib aii aij aiq ajp ajt aju
amw apc apd arb arq ars ary arz ask atn auj auz avd avl ayh ayl ayn ayp azb bal bcc bdz bej bft bgn bgp bhe
bhm bhn bjf bjm bqi brh brk bsh bsk chg cja ckb cld clh czk dcc def deh dgl dmk dml esh fay faz fia fub gbz
ggg gha ghr gig gjk gju glh glk grr gwc gwf gwt gzi hac haz hbo hkh hnd hno hoh hrt hrz hss huy isk itk jad
jat jbe jbn jdg jnd jog jpa jpr jrb jye kbu kby kcy kfm khw klj kmz kqd ktl kvx kxp lad lah lhs lki lrc lrk
lrl lsa lsd lss luv luz mby mde mey mfa mfi mhj mid mki mnj mve mvy myz mzb mzn nli nlm nqo ntz nyq oar odk
oru ota pbt pbu pes phl phr phv plk pnb prc prd prs prx psh psi pst qxq rdb rhg rmt sam sbn scl sdb sdf sdg
sdh sds sgr sgy shd shm shu shv siy siz skr smp smy sqo sqt srh srz ssh sts swb syc syn syr tjo tks tmr tov
tra trg trm trw ush uzs vaf vgr vmh wbk wlo wne wni wsv xhe xka xkc xkj xkp xvi ydd ydg yhd yih yud zba zdj
zrp zum
"""
#: Languages that are written in one of these only in certain regions (the same source).
_WITH_REGION = """
az-IQ az-IR ha-CM ha-SD kk-AF kk-CN kk-IR kk-MN ku-IQ ku-IR ku-LB ky-CN ms-CC pa-PK tg-PK uz-AF azj-IQ azj-IR
kmr-IQ kmr-IR kmr-LB uzn-AF zsm-CC
"""
#: The regions where languages of `_LANGUAGES` are written from left to right.
_WITHOUT_REGION = frozenset(("sd-IN", "ug-KZ", "ug-MN", "mey-SN"))
_USUALLY, _IN_REGION = frozenset(_LANGUAGES.split()), frozenset(_WITH_REGION.split())
_SCRIPT_LENGTH = len("Arab")


def direction(tag: str) -> Literal["ltr", "rtl"]:
    """The direction of a language whose tag is in its usual case, such as "ar", "pa-PK" or "uz-Arab"."""
    script = next((part for part in tag.split("-")[1:] if len(part) == _SCRIPT_LENGTH), None)
    if script is not None:
        is_rtl = script in SCRIPTS
    else:
        is_rtl = tag in _IN_REGION or (primary(tag) in _USUALLY and tag not in _WITHOUT_REGION)
    return "rtl" if is_rtl else "ltr"
