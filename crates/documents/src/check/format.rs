//! Formats of texts: date with time (RFC 3339), address (RFC 3986), e-mail, and the few signs of a pattern.

/// Whether a text has the format of this name; formats nobody knows are always right.
pub(super) fn is_of(format: &str, text: &str) -> bool {
    match format {
        "date-time" => is_date_time(text),
        "uri" => is_uri(text),
        "email" => text.contains('@'),
        _ => true,
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    let all = bytes.iter().all(u8::is_ascii_digit) && !bytes.is_empty();
    all.then(|| bytes.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

/// `2024-02-29`, a day there is.
pub(super) fn is_day(text: &[u8]) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return false;
    };
    let parts = (
        number(&[*y1, *y2, *y3, *y4]),
        number(&[*m1, *m2]),
        number(&[*d1, *d2]),
    );
    let (Some(year @ 1..), Some(month @ 1..=12), Some(day @ 1..)) = parts else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day <= days
}

fn is_clock(text: &[u8]) -> bool {
    let [h1, h2, b':', m1, m2, rest @ ..] = text else {
        return false;
    };
    let good =
        number(&[*h1, *h2]).is_some_and(|h| h < 24) && number(&[*m1, *m2]).is_some_and(|m| m < 60);
    good && rest.is_empty()
}

/// The text after date and time: `Some("")` if there is no zone, `None` if it is no date with time.
fn zone(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let good = bytes.len() >= 19
        && is_day(&bytes[..10])
        && matches!(bytes[10], b'T' | b't')
        && is_clock(&bytes[11..16])
        && bytes[16] == b':'
        && number(&bytes[17..19]).is_some_and(|second| second < 60);
    if !good {
        return None;
    }
    let rest = text.get(19..)?;
    match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (zone.len() < fraction.len()).then_some(zone)
        }
        None => Some(rest),
    }
}

fn is_date_time(text: &str) -> bool {
    zone(text).is_some_and(|zone| match zone.as_bytes() {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', clock @ ..] => is_clock(clock),
        _ => false,
    })
}

/// A good date with time that says no zone.
pub(super) fn lacks_zone(text: &str) -> bool {
    zone(text) == Some("")
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !is_scheme || !signs(fragment, b":@/?") || !signs(query, b":@/?") {
        return false;
    }
    match rest.strip_prefix("//") {
        None => signs(rest, b":@/"),
        Some(rest) => {
            let (authority, path) = match rest.find('/') {
                Some(at) => rest.split_at(at),
                None => (rest, ""),
            };
            is_authority(authority) && signs(path, b":@/")
        }
    }
}

fn is_authority(text: &str) -> bool {
    let (user, host) = match text.rsplit_once('@') {
        Some((user, host)) => (user, host),
        None => ("", text),
    };
    let (host_is_good, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((inside, port)) => (
                inside.parse::<std::net::Ipv6Addr>().is_ok()
                    || (inside.starts_with(['v', 'V']) && signs(inside, b":")),
                port,
            ),
            None => (false, ""),
        },
        None => {
            let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
            (signs(name, b""), port)
        }
    };
    let port_is_good = match port.strip_prefix(':') {
        Some(port) => port.bytes().all(|b| b.is_ascii_digit()),
        None => port.is_empty(),
    };
    signs(user, b":") && host_is_good && port_is_good
}

/// Whether only signs stand there that an address may have, besides these; `%` starts two hex digits.
fn signs(text: &str, also: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'%' {
            let digits = bytes.get(at + 1..at + 3);
            if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                return false;
            }
            at += 3;
            continue;
        }
        let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(byte);
        if !plain && !also.contains(byte) {
            return false;
        }
        at += 1;
    }
    true
}

/// One sign of a pattern, and whether it may be missing and may be repeated.
#[derive(Debug, Clone)]
struct Sign {
    of: Of,
    least: usize,
    many: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Of {
    Digit,
    Word,
    Blank,
    Any,
    One(char),
    Set(Vec<(char, char)>, bool),
}

/// A pattern of plain signs, `\d \w \s . [a-z]` and `+ * ?`; round brackets only hold together.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    signs: Vec<Sign>,
    start: bool,
    end: bool,
}

impl Pattern {
    /// Reads a pattern; `None` if it says more than this knows, and then nothing is checked.
    pub fn read(text: &str) -> Option<Pattern> {
        let mut signs: Vec<Sign> = Vec::new();
        let body = text.strip_prefix('^').unwrap_or(text);
        let ends = body.ends_with('$') && !body.ends_with("\\$");
        let inner = if ends { &body[..body.len() - 1] } else { body };
        let mut chars = inner.chars().peekable();
        let mut closed = false;
        while let Some(c) = chars.next() {
            let of = match c {
                '(' | ')' => {
                    closed = c == ')';
                    continue;
                }
                '|' | '{' | '}' => return None,
                '+' | '*' | '?' => {
                    let last = signs.last_mut().filter(|_| !closed)?;
                    last.least = usize::from(c == '+');
                    last.many = c != '?';
                    continue;
                }
                '\\' => match chars.next()? {
                    'd' => Of::Digit,
                    'w' => Of::Word,
                    's' => Of::Blank,
                    c if c.is_ascii_alphanumeric() => return None,
                    c => Of::One(c),
                },
                '[' => {
                    let without = chars.next_if_eq(&'^').is_some();
                    let mut set = Vec::new();
                    loop {
                        let from = match chars.next()? {
                            ']' => break,
                            '\\' => return None,
                            c => c,
                        };
                        let mut ahead = chars.clone();
                        match (ahead.next(), ahead.next()) {
                            (Some('-'), Some(to)) if to != ']' => {
                                set.push((from, to));
                                chars = ahead;
                            }
                            _ => set.push((from, from)),
                        }
                    }
                    Of::Set(set, without)
                }
                '.' => Of::Any,
                c => Of::One(c),
            };
            closed = false;
            signs.push(Sign {
                of,
                least: 1,
                many: false,
            });
        }
        Some(Pattern {
            signs,
            start: body.len() < text.len(),
            end: ends,
        })
    }

    /// Whether the text, or a piece of it, has this pattern.
    pub fn is_in(&self, text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        let last = if self.start { 0 } else { chars.len() };
        (0..=last).any(|from| self.matches(&self.signs, &chars[from..]))
    }

    fn matches(&self, signs: &[Sign], text: &[char]) -> bool {
        let Some((sign, rest)) = signs.split_first() else {
            return !self.end || text.is_empty();
        };
        let most = if sign.many { text.len() } else { 1 };
        let fits = text.iter().take(most).take_while(|c| sign.of.is(**c));
        let fits = fits.count();
        (sign.least..=fits)
            .rev()
            .any(|taken| self.matches(rest, &text[taken..]))
    }
}

impl Of {
    fn is(&self, c: char) -> bool {
        match self {
            Of::Digit => c.is_ascii_digit(),
            Of::Word => c.is_alphanumeric() || c == '_',
            Of::Blank => c.is_whitespace(),
            Of::Any => c != '\n',
            Of::One(one) => c == *one,
            Of::Set(set, without) => {
                set.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *without
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for good in [
            "2024-02-29T00:00:00Z",
            "2024-01-01t23:59:59.123-06:00",
            "0001-12-31T00:00:00+14:00",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2023-02-29T00:00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00-0600",
            "2024-01-01 00:00:00Z",
            "0000-01-01T00:00:00Z",
            "ñ024-01-01T00:00:00Z",
            "",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
        assert!(lacks_zone("2024-01-01T00:00:00.5"));
        assert!(!lacks_zone("2024-01-01"));
        assert!(!lacks_zone("2024-01-01T00:00:00Z"));
    }

    #[test]
    fn addresses() {
        for good in [
            "http://example.com",
            "https://a:b@example.com:8080/a/b?c=d&e#f",
            "urn:isbn:0451450523",
            "mailto:a@example.com",
            "http://[::1]:80/",
            "a:",
            "file:///a%20b",
        ] {
            assert!(is_uri(good), "{good}");
        }
        for bad in [
            "example.com",
            "/a/b",
            "http://exa mple.com",
            "http://example.com/á",
            "http://example.com/%zz",
            "http://[::1",
            "1a:b",
            "http://a:b:c/",
            "http://example.com/[a]",
            "a:b#c#d",
            "",
        ] {
            assert!(!is_uri(bad), "{bad}");
        }
    }

    #[test]
    fn patterns() {
        let pattern = Pattern::read(r"^(\d+\.)(\d+)$").expect("it is known");
        for (text, fits) in [
            ("1.1", true),
            ("10.25", true),
            ("1.1.5", false),
            ("1", false),
            ("", false),
        ] {
            assert_eq!(pattern.is_in(text), fits, "{text}");
        }
        let inside = Pattern::read("[a-c]x?-").expect("it is known");
        assert!(inside.is_in("zzb-"));
        assert!(!inside.is_in("zzd-"));
        assert!(Pattern::read("a|b").is_none());
        assert!(Pattern::read("(ab)+").is_none());
    }
}
