//! JSON-RPC 2.0 messages: what a frame says, and the answers to it. Which methods there are is not known here.

use prometeu_packer::diagnostic::{Code, escape};
use prometeu_packer::envelope::{Node, NodeKind, object};
use prometeu_packer::schema::value_of;
use prometeu_packer::trust::Limits;
use serde_json::{Value, json};

/// Why a request was refused; each is a code of JSON-RPC, of the Language Server Protocol, or our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the specifications that they come from")]
#[rustfmt::skip]
pub enum ErrorCode {
    ParseError, InvalidRequest, MethodNotFound, InvalidParams, InternalError, NotInitialised, Cancelled,
    /// No protocol version that both sides speak.
    NoCommonProtocol,
}

impl ErrorCode {
    /// Its number on the wire.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            ErrorCode::ParseError => -32700,
            ErrorCode::InvalidRequest => -32600,
            ErrorCode::MethodNotFound => -32601,
            ErrorCode::InvalidParams => -32602,
            ErrorCode::InternalError => -32603,
            ErrorCode::NotInitialised => -32002,
            ErrorCode::Cancelled => -32800,
            ErrorCode::NoCommonProtocol => -32001,
        }
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Why.
    pub code: ErrorCode,
    /// What happened and what to do about it.
    pub message: String,
    /// Facts for programs; null where there are none.
    pub data: Value,
}

impl Refusal {
    /// A refusal without data.
    pub fn new(code: ErrorCode, message: impl AsRef<str>) -> Refusal {
        Refusal { code, message: escape(message.as_ref()), data: Value::Null }
    }
}

/// The id of a request: a number or a string, given back as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Id(Value);

impl Id {
    /// The id that a value is, if it is one.
    #[must_use]
    pub fn of(value: Value) -> Option<Id> {
        matches!(value, Value::Number(_) | Value::String(_)).then_some(Id(value))
    }

    /// A text that is the same for equal ids alone.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_string()
    }
}

/// What a client says.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Absent in a notification, which gets no answer.
    pub id: Option<Id>,
    /// What is asked for.
    pub method: String,
    /// With what; null where nothing is given.
    pub params: Value,
}

/// Understands the bytes of a frame.
///
/// # Errors
/// What is refused, with the id as far as it could be told.
pub fn parse(bytes: Vec<u8>, limits: &Limits) -> Result<Message, (Option<Id>, Refusal)> {
    let refuse = |code, message: &str| Err((None, Refusal::new(code, message)));
    let Ok(text) = String::from_utf8(bytes) else { return refuse(ErrorCode::ParseError, "the frame is not UTF-8") };
    let tree = match object(text, limits) {
        Ok(tree) => tree,
        Err(finding) if finding.code == Code::JsonNotAnObject => {
            return refuse(ErrorCode::InvalidRequest, "a request is one object; batches are not taken");
        }
        Err(finding) => return refuse(ErrorCode::ParseError, &format!("not JSON: {}", finding.message)),
    };
    let root = tree.root();
    let id = root.member("id").map(number_or_string);
    let known = id.clone().flatten();
    let refuse = |message: &str| Err((known.clone(), Refusal::new(ErrorCode::InvalidRequest, message)));
    if root.member("jsonrpc").and_then(Node::text).as_deref() != Some("2.0") {
        return refuse("`jsonrpc` must be \"2.0\"");
    }
    if id == Some(None) {
        return refuse("`id` must be a string or a number, an integer of 64 bits at most");
    }
    let Some(method) = root.member("method").and_then(Node::text) else { return refuse("`method` must be a string") };
    let given = root.member("params");
    if known.is_some() && given.is_some_and(|params| count(params) > VALUES_MAX) {
        let message = format!("`params` holds more than {VALUES_MAX} values");
        return Err((known, Refusal::new(ErrorCode::InvalidParams, &message)));
    }
    let params = match given.filter(|params| count(*params) <= VALUES_MAX).map(as_written) {
        Some(Some(params)) => params,
        None => Value::Null,
        // Nothing answers a notification.
        Some(None) if known.is_none() => Value::Null,
        Some(None) => {
            let message = "`params` holds a number beyond what a double can be";
            return Err((known, Refusal::new(ErrorCode::InvalidParams, message)));
        }
    };
    Ok(Message { id: known, method: method.into_owned(), params })
}

fn number_or_string(node: Node<'_>) -> Option<Id> {
    match node.kind() {
        NodeKind::Number => as_written(node).filter(|value| is_kept(node.raw(), value)).and_then(Id::of),
        NodeKind::String => Id::of(value_of(node)),
        _ => None,
    }
}

/// Whether a number comes back as what it was: an integer of more than 64 bits would be rounded, and two ids become one.
fn is_kept(raw: &str, value: &Value) -> bool {
    !value.is_f64() || raw.contains(['.', 'e', 'E']) || raw == "-0"
}

/// Read from its spelling, so that a number stays a number however it is spelled; none where one has no value.
fn as_written(node: Node<'_>) -> Option<Value> {
    serde_json::from_str(node.raw()).ok()
}

/// Values in `params`, at most: what they become takes many times the memory of their text, and no method has use for more
/// than twice as many as the largest bank has inputs.
const VALUES_MAX: usize = 128 * 1024;

/// A value and all that are in it.
fn count(node: Node<'_>) -> usize {
    1 + node.items().map(count).sum::<usize>() + node.members().map(|(_, value)| count(value)).sum::<usize>()
}

/// What stands before the result of an answer; a closing brace stands behind it.
#[must_use]
pub fn head(id: &Id) -> String {
    format!("{{\"jsonrpc\":\"2.0\",\"id\":{},\"result\":", id.0)
}

/// The whole text of an answer that refuses.
#[must_use]
pub fn refused(id: Option<&Id>, refusal: &Refusal) -> String {
    let mut error = json!({ "code": refusal.code.number(), "message": refusal.message });
    if !refusal.data.is_null() {
        error["data"] = refusal.data.clone();
    }
    let id = id.map_or(&Value::Null, |id| &id.0);
    json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, parse};
    use prometeu_packer::trust::Limits;
    use serde_json::{Value, json};

    fn refused(text: &str) -> (Option<Value>, ErrorCode) {
        let (id, refusal) = parse(text.into(), &Limits::default()).expect_err(text);
        (id.map(|id| id.0), refusal.code)
    }

    #[test]
    fn requests_and_notifications_are_told_apart() {
        let read = |text: &str| parse(text.into(), &Limits::default()).expect(text);
        let request = read(r#"{"jsonrpc":"2.0","id":7,"method":"a","params":{"b":[1]},"more":1}"#);
        assert_eq!((request.method.as_str(), request.params), ("a", json!({ "b": [1] })));
        assert_eq!(request.id.map(|id| id.key()), Some("7".to_owned()));
        let spelled = read(r#"{"jsonrpc":"2.0","id":1e2,"method":"a","params":[1e2,-0,1.50]}"#);
        assert_eq!(
            (spelled.id.map(|id| id.key()), spelled.params),
            (Some("100.0".to_owned()), json!([100.0, -0.0, 1.5]))
        );
        for id in ["18446744073709551615", "-9223372036854775808", "0"] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"a"}}"#);
            assert_eq!(read(&text).id.map(|id| id.key()).as_deref(), Some(id));
        }
        assert_eq!(read(r#"{"jsonrpc":"2.0","method":"a"}"#).id, None);
        assert_eq!(read(r#"{"jsonrpc":"2.0","method":"a","params":[1e400]}"#).params, Value::Null);
        assert_eq!(read(r#"{"jsonrpc":"2.0","id":"7","method":"a"}"#).id.map(|id| id.key()), Some("\"7\"".to_owned()));
    }

    #[test]
    fn a_message_is_held_to_the_limits_of_json_and_to_few_values() {
        let with = |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{{"a":{params}}}}}"#);
        let list = |values: usize| with(&format!("[{}0]", "0,".repeat(values - 1)));
        let members = |count: usize| with(&format!("{{{}}}", numbered(count)));
        let string = |bytes: usize| with(&format!("\"{}\"", "s".repeat(bytes)));
        let objects = with(&format!("[{}0]", r#"{"":0},"#.repeat(1_000_000)));
        let (json, params) = ((None, ErrorCode::ParseError), (Some(json!(1)), ErrorCode::InvalidParams));
        for (last, first_refused, how) in [
            (members(4096), members(4097), &json),
            (string(64 * 1024), string(64 * 1024 + 1), &json),
            (list(131_070), list(131_071), &params),
            (with("0"), objects.clone(), &params),
        ] {
            assert!(parse(last.into(), &Limits::default()).is_ok());
            assert_eq!(refused(&first_refused), *how);
        }
        // Nothing answers a notification, and nothing is made of what it holds.
        let unasked = parse(objects.replace("\"id\":1,", "").into(), &Limits::default()).expect("a notification");
        assert_eq!((unasked.id, unasked.params), (None, Value::Null));
    }

    fn numbered(count: usize) -> String {
        (0..count).map(|at| format!("\"{at}\":0")).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn what_is_no_json_is_told_from_what_is_no_request() {
        let deep = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{}}}"#, "[".repeat(100_000));
        let bad = ["", "{", "\u{feff}{}", r#"{"id":1,"id":2}"#, "{} {}", "nul", r#"{"a":"\ud800"}"#, &deep];
        bad.iter().for_each(|text| {
            assert_eq!(refused(text), (None, ErrorCode::ParseError), "{}", &text[..text.len().min(40)])
        });
        let unfit =
            ["[]", "[{}]", "1", "null", "\"a\"", "{}", r#"{"jsonrpc":"2.0"}"#, r#"{"jsonrpc":"2.0","method":1}"#];
        unfit.iter().for_each(|text| assert_eq!(refused(text), (None, ErrorCode::InvalidRequest), "{text}"));
        let ids = ["null", "true", "[]", "{}", "18446744073709551617", "-9223372036854775809", "1e400"];
        let text = |id| format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"a"}}"#);
        ids.iter().for_each(|id| assert_eq!(refused(&text(id)), (None, ErrorCode::InvalidRequest), "{id}"));
        assert_eq!(
            refused(r#"{"jsonrpc":"2.0","id":3,"method":"a","params":[1e400]}"#),
            (Some(json!(3)), ErrorCode::InvalidParams)
        );
        assert_eq!(refused(r#"{"id":3,"method":"a"}"#), (Some(json!(3)), ErrorCode::InvalidRequest));
        assert_eq!(
            refused(r#"{"jsonrpc":"1.0","id":"x","method":"a"}"#),
            (Some(json!("x")), ErrorCode::InvalidRequest)
        );
    }
}
