//! Text that is safe inside a page, and numbers as people read them. Nothing here knows what a page is about.

use prometeu_packer::diagnostic::escape;
use std::fmt;

/// Text as it may stand in an element or a quoted attribute: what cannot be printed is written `\u{202e}`, as everywhere,
/// and what means something in HTML as a character reference.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in escape(self.0).chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '`' => f.write_str("&#96;")?,
                plain => fmt::Write::write_char(f, plain)?,
            }
        }
        Ok(())
    }
}

/// A sentence of our own or of a report, in which what stands between backquotes is code.
pub(super) fn sentence(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // A mark without its other half is a mark.
    if parts.len().is_multiple_of(2) {
        return Text(text).to_string();
    }
    let part = |(at, part): (usize, &&str)| match at % 2 {
        0 => Text(part).to_string(),
        _ => format!("<code>{}</code>", Text(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

/// `12 B`, `3.4 KiB`, `5.6 MiB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        (tenths, unit) = (tenths / 1024, unit + 1);
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// `12 345`, with narrow spaces that do not break.
pub(super) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `1 asset`, `3 assets`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{} {what}{}", number(count as u64), if count == 1 { "" } else { "s" })
}

/// What there is of these, with commas.
pub(super) fn joined<const N: usize>(parts: [String; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A share in tenths of a percent: `12.3 %`, and `&lt; 0.1 %` for what is less and still there.
pub(super) fn share(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1000 / u128::from(whole.max(1));
    match part > 0 && tenths == 0 {
        true => "&lt;\u{a0}0.1 %".to_owned(),
        false => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_element_or_its_attribute() {
        let text = Text("<script>'\"`&\u{202e}</script>").to_string();
        assert_eq!(text, "&lt;script&gt;&#39;&quot;&#96;&amp;\\u{202e}&lt;/script&gt;");
        assert_eq!(sentence("use `a<b` now"), "use <code>a&lt;b</code> now");
        assert_eq!(sentence("one ` mark"), "one &#96; mark");
    }

    #[test]
    fn numbers_are_as_people_read_them() {
        assert_eq!([size(0), size(1023), size(34_816), size(1 << 20)], ["0 B", "1023 B", "34.0 KiB", "1.0 MiB"]);
        assert_eq!(size(u64::MAX), "16777215.9 TiB");
        assert_eq!([number(7), number(1_234), number(1_234_567)], ["7", "1\u{202f}234", "1\u{202f}234\u{202f}567"]);
        assert_eq!(share(1, 5_000), "&lt;\u{a0}0.1 %");
        assert_eq!([share(1, 3), share(0, 0), share(5, 5)], ["33.3 %", "0.0 %", "100.0 %"]);
    }
}
