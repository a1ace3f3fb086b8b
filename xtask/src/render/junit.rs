//! An answer as JUnit XML, which test dashboards read: a suite for the command, a case for the command itself and for
//! each finding, or for each gate. Only what is in the way fails.

use super::answer::{Answer, Case, Outcome};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::fmt::Write as _;
use std::io;

/// The document.
pub(super) fn document(answer: &Answer) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let count = |is: fn(&Outcome) -> bool| answer.cases.iter().filter(|case| is(&case.outcome)).count().to_string();
    let counts = [
        ("tests", answer.cases.len().to_string()),
        ("failures", count(|outcome| matches!(outcome, Outcome::Failed(..)))),
        ("errors", count(|outcome| matches!(outcome, Outcome::Broken(_)))),
        ("skipped", count(|outcome| matches!(outcome, Outcome::Skipped(_)))),
    ];
    let counts = || counts.iter().map(|(name, count)| (*name, count.as_str()));
    let whole =
        writer.create_element("testsuites").with_attribute(("name", "prometeu-packer")).with_attributes(counts());
    whole.write_inner_content(|writer| {
        let suite = writer.create_element("testsuite").with_attribute(("name", &*printable(&answer.operation)));
        suite.with_attributes(counts()).write_inner_content(|writer| {
            answer.cases.iter().try_for_each(|case| self::case(writer, case, &answer.operation))
        })?;
        Ok(())
    })?;
    let mut text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

fn case(writer: &mut Writer<Vec<u8>>, case: &Case, operation: &str) -> io::Result<()> {
    let class = format!("prometeu-packer.{operation}");
    let mut attributes = vec![("name", printable(&case.name)), ("classname", printable(&class))];
    attributes.extend(case.path.as_ref().map(|path| ("file", printable(path))));
    attributes.extend(case.line.map(|line| ("line", line.to_string())));
    attributes.extend(case.seconds.map(|seconds| ("time", format!("{seconds:.3}"))));
    let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
    let element = writer.create_element("testcase").with_attributes(attributes);
    let (tag, kind, message, text) = match &case.outcome {
        Outcome::Passed(text) if text.is_empty() => return element.write_empty().map(|_| ()),
        Outcome::Passed(text) => {
            return element.write_inner_content(|writer| leaf(writer, "system-out", &[], text)).map(|_| ());
        }
        Outcome::Failed(kind, message, text) => ("failure", Some(kind.as_str()), message, text.as_str()),
        Outcome::Broken(message) => ("error", Some("fault"), message, ""),
        Outcome::Skipped(reason) => ("skipped", None, reason, ""),
    };
    let mut attributes = vec![("message", message.as_str())];
    attributes.extend(kind.map(|kind| ("type", kind)));
    element.write_inner_content(|writer| leaf(writer, tag, &attributes, text)).map(|_| ())
}

fn leaf(writer: &mut Writer<Vec<u8>>, tag: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
    let attributes: Vec<(&str, String)> = attributes.iter().map(|(name, value)| (*name, printable(value))).collect();
    let element = writer.create_element(tag).with_attributes(attributes.iter().map(|(name, value)| (*name, &**value)));
    match text {
        "" => element.write_empty()?,
        text => element.write_text_content(BytesText::new(&printable(text)))?,
    };
    Ok(())
}

/// The text without the two characters that are printable elsewhere and stand in no XML document.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    shown
}
