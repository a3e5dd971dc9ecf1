//! `unwrap` is for tests; elsewhere `expect("why this holds")`, or an error.
//!
//! It reads lines, not Rust: comments and what follows `#[cfg(test)]` up to the closing brace are left out.

use anyhow::Result;

use super::HouseCheck;
use crate::house::House;

/// No `unwrap()` outside tests.
pub const CHECK: HouseCheck = HouseCheck {
    name: "unwraps",
    promise: "no unwrap() outside tests in crates/*/src and xtask/src",
    broken,
};

fn broken(house: &House) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for file in house.ending_in(".rs") {
        let is_source =
            (file.starts_with("crates/") || file.starts_with("xtask/")) && file.contains("/src/");
        if is_source && !file.ends_with("/tests.rs") && !file.contains("/tests/") {
            broken.extend(
                judge(&house.read(file)?)
                    .into_iter()
                    .map(|line| format!("{file}:{line}: unwrap()")),
            );
        }
    }
    Ok(broken)
}

/// Numbers of the lines with an `unwrap()` outside tests.
fn judge(source: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut in_test = InTest::No;
    for (number, line) in source.lines().enumerate() {
        let code = without_strings_and_comment(line);
        if code.trim_start().starts_with("#[cfg(test)]") {
            in_test = InTest::Announced;
        }
        match in_test {
            InTest::No if code.contains(".unwrap()") => found.push(number + 1),
            InTest::No => {}
            _ => in_test = in_test.after(&code),
        }
    }
    found
}

#[derive(Clone, Copy)]
enum InTest {
    No,
    /// `#[cfg(test)]` was read; its item has not opened a brace yet.
    Announced,
    /// Inside the item, this many braces deep.
    Depth(usize),
}

impl InTest {
    fn after(self, code: &str) -> Self {
        let mut state = self;
        for sign in code.chars() {
            state = match (state, sign) {
                (Self::Announced, ';') | (Self::Depth(1), '}') => return Self::No,
                (Self::Announced, '{') => Self::Depth(1),
                (Self::Depth(depth), '{') => Self::Depth(depth + 1),
                (Self::Depth(depth), '}') => Self::Depth(depth - 1),
                (state, _) => state,
            };
        }
        state
    }
}

/// The line without what stands between double quotes, without brace characters, and without a `//` comment.
fn without_strings_and_comment(line: &str) -> String {
    let mut code = String::new();
    let mut signs = line
        .replace("'{'", "")
        .replace("'}'", "")
        .replace("'\"'", "")
        .chars()
        .collect::<Vec<_>>()
        .into_iter();
    let mut in_string = false;
    let mut last = ' ';
    while let Some(sign) = signs.next() {
        match sign {
            '\\' if in_string => {
                signs.next();
            }
            '"' => in_string = !in_string,
            '/' if !in_string && last == '/' => {
                code.pop();
                break;
            }
            _ if !in_string => code.push(sign),
            _ => {}
        }
        last = sign;
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unwrap_counts_outside_tests_comments_and_strings() {
        let source = "fn a() { b().unwrap(); }\n// c.unwrap()\nlet d = \".unwrap() {\";\n#[cfg(test)]\nmod tests {\n    \
                      fn e() { f().unwrap(); }\n}\nfn g() { h().unwrap(); }\n#[cfg(test)]\nmod made;\nfn i() { j.unwrap(); }\n";
        assert_eq!(judge(source), [1, 8, 11]);
    }
}
