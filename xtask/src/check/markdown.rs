//! The parts of a Markdown page that name things: inline code, links, and command lines in blocks.

/// One thing named on a page.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    /// `` `inline code` ``
    Code(String),
    /// The address of `[a link](address)`.
    Link(String),
    /// A line of a fenced or indented block.
    BlockLine(String),
}

/// Everything a page names, each with its line number from 1.
pub fn named(page: &str) -> Vec<(usize, Named)> {
    let mut found = Vec::new();
    let mut in_fence = false;
    let mut after_blank = true;
    let mut in_indented = false;
    for (number, line) in page.lines().enumerate() {
        let number = number + 1;
        if line.trim_start().starts_with("```") {
            in_fence = !in_fence;
            continue;
        }
        // An indented block starts after an empty line; below a list item an indented line is prose.
        in_indented = line.starts_with("    ") && (after_blank || in_indented);
        after_blank = line.trim().is_empty();
        if in_fence || in_indented {
            found.push((number, Named::BlockLine(line.trim().to_owned())));
            continue;
        }
        for (index, part) in line.split('`').enumerate() {
            if index % 2 == 1 {
                found.push((number, Named::Code(part.to_owned())));
            } else {
                found.extend(links(part).map(|address| (number, Named::Link(address))));
            }
        }
        // A link whose text is code is cut in two by the split above.
        found.extend(
            line.split("`](")
                .skip(1)
                .filter_map(address)
                .map(|a| (number, Named::Link(a))),
        );
    }
    found
}

fn links(prose: &str) -> impl Iterator<Item = String> {
    let starts_with_link = prose.starts_with("](");
    prose
        .split("](")
        .skip(if starts_with_link { 2 } else { 1 })
        .filter_map(address)
}

fn address(rest: &str) -> Option<String> {
    let address = rest.split(')').next()?.split(' ').next()?;
    (!address.is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_links_and_blocks_are_told_apart() {
        let page = "See `a/b` and [the map](c/d.md#x \"t\").\n[`e`](f.md)\n\n    cotejo add x\n\n```sh\ncargo demo\n```\n";
        let expected = [
            (1, Named::Code("a/b".into())),
            (1, Named::Link("c/d.md#x".into())),
            (2, Named::Code("e".into())),
            (2, Named::Link("f.md".into())),
            (4, Named::BlockLine("cotejo add x".into())),
            (7, Named::BlockLine("cargo demo".into())),
        ];
        assert_eq!(named(page), expected);
    }
}
