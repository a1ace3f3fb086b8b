//! JSON Schemas, draft 2020-12, one for each version of each format: made from the shapes that the library declares, and
//! from the types of reports. The text is canonical: members sorted, two spaces, one line feed at the end.

use super::Made;
use prometeu_packer::envelope::shape::{self, Object, Others, SAFE_INTEGER_MAX, Shape};
use prometeu_packer::schema;
use prometeu_studio_adapter::wire;
use serde_json::{Value, json};

/// The folder of the schemas, relative to the repository.
pub(super) const FOLDER: &str = "schemas";
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Every schema file.
pub(super) fn all() -> Vec<Made> {
    let mut all: Vec<Made> = schema::shapes().into_iter().map(|shape| of(shape, shape.version)).collect();
    all.push(report());
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

/// The schema of a shape, as that of this version.
pub(super) fn of(shape: &Shape, version: u16) -> Made {
    let mut schema = value(&shape.value, version);
    if text(&schema).contains("#/$defs/plain") {
        schema["$defs"] = json!({ "plain": plain() });
    }
    made(shape.format, version, schema, shape.title, shape.about)
}

fn report() -> Made {
    let schema = wire::schema();
    let about = schema["description"].as_str().unwrap_or_default().to_owned();
    made("report", wire::REPORT_VERSION, schema, "Report of a command", &about)
}

fn made(format: &str, version: u16, mut schema: Value, title: &str, about: &str) -> Made {
    schema["$schema"] = DIALECT.into();
    schema["$id"] = format!("urn:prometeu-packer:schema:{format}:{version}").into();
    schema["title"] = format!("{title}, version {version}").into();
    schema["description"] = about.into();
    Made { path: format!("{FOLDER}/{format}.v{version}.schema.json"), text: text(&schema) }
}

fn text(value: &Value) -> String {
    // Sorted by itself, unless another crate of the build asks for the order of insertion.
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    format!("{sorted:#}\n")
}

fn value(of: &shape::Value, version: u16) -> Value {
    use shape::Value as Is;
    match of {
        Is::Version => json!({ "const": version }),
        Is::Bool => json!({ "type": "boolean" }),
        Is::True => json!({ "const": true }),
        Is::Integer(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Is::Even(high) => json!({ "type": "integer", "minimum": 0, "maximum": high, "multipleOf": 2 }),
        Is::OneOf(integers) => json!({ "type": "integer", "enum": integers }),
        Is::Text => json!({ "type": "string" }),
        Is::Pattern(pattern) => json!({ "type": "string", "pattern": pattern }),
        Is::Word(words) => json!({ "type": "string", "enum": words }),
        Is::List(least, item) => json!({ "type": "array", "minItems": least, "items": value(item, version) }),
        Is::Single(item) => json!({ "type": "array", "minItems": 1, "maxItems": 1, "items": value(item, version) }),
        Is::Object(members) => object(members, version),
        Is::Map(each) => json!({ "type": "object", "additionalProperties": value(each, version) }),
        Is::OrNull(one) => json!({ "anyOf": [value(one, version), { "type": "null" }] }),
        Is::Plain => json!({ "$ref": "#/$defs/plain" }),
        Is::Any => Value::Bool(true),
        Is::Never => Value::Bool(false),
    }
}

fn object(of: &Object, version: u16) -> Value {
    let property = |member: &shape::Member| {
        let mut schema = value(&member.value, version);
        if !member.about.is_empty() {
            // What may be anything has no members yet to put the description beside.
            if schema == Value::Bool(true) {
                schema = json!({});
            }
            schema["description"] = member.about.into();
        }
        (member.name.to_owned(), schema)
    };
    let needed: Vec<_> = of.members.iter().filter(|member| member.needed).map(|member| member.name).collect();
    let mut schema = json!({ "type": "object" });
    schema["properties"] = Value::Object(of.members.iter().map(property).collect());
    if !needed.is_empty() {
        schema["required"] = needed.into();
    }
    if of.others == Others::Refused {
        schema["additionalProperties"] = false.into();
    }
    if !of.rules.is_empty() {
        let rule = |rule: &shape::Rule| json!({ "if": object(rule.0, version), "then": object(rule.1, version) });
        schema["allOf"] = of.rules.iter().map(rule).collect();
    }
    schema
}

/// What a runtime may be told.
fn plain() -> Value {
    json!({
        "description": "An integer within ±(2^53 - 1), a string, a boolean, or a list or object of such.",
        "anyOf": [
            { "type": "integer", "minimum": -SAFE_INTEGER_MAX, "maximum": SAFE_INTEGER_MAX },
            { "type": "string" },
            { "type": "boolean" },
            { "type": "array", "items": { "$ref": "#/$defs/plain" } },
            { "type": "object", "additionalProperties": { "$ref": "#/$defs/plain" } },
        ],
    })
}
