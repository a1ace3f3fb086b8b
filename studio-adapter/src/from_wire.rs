//! From the parameters of a request to what the library is asked for. Every member that is used is checked strictly, and
//! all others are ignored; whether names and paths mean anything is the library's business.

use prometeu_packer::ops::Registration;
use prometeu_packer::schema::BankType;
use prometeu_packer::trust::Limits;
use serde_json::Value;
use std::path::PathBuf;

/// What keeps parameters from being understood, as a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid(pub(crate) String);

type Parsed<T> = Result<T, Invalid>;

/// How a client introduces itself.
#[derive(Debug)]
pub(crate) struct Introduction {
    /// Protocol versions that it speaks.
    pub(crate) protocol: (u64, u64),
    pub(crate) root: PathBuf,
    /// Whether it wants to hear of changes from outside.
    pub(crate) watch: bool,
    pub(crate) limits: Limits,
}

/// What a request asks for, once there is a project.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    ListAssets,
    Details(String),
    /// Whether to look at the whole workspace.
    Doctor {
        workspace: bool,
    },
    Explain(String),
    PackSummary,
    ValidatePack,
    Preview(Box<Change>),
    Apply {
        preview_id: String,
        confirm: Option<String>,
    },
    Build {
        full: bool,
    },
}

/// A change that can be previewed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Init,
    Register(Declared),
    Adopt {
        root: String,
        new_identity: bool,
    },
    Forget(String),
    Quarantine(String),
    Include(String),
    Exclude(String),
    Remove(String),
    Relocate {
        asset: String,
        root: String,
    },
    Rename {
        asset: String,
        name: String,
    },
    Restore(String),
    Undo(String),
    Rollback(String),
    Migrate,
    /// All safe repairs, or those of one code.
    Fix {
        only: Option<String>,
    },
}

/// What is said of a new asset.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Declared {
    root: String,
    bank: BankType,
    name: Option<String>,
    inputs: Vec<(String, String)>,
    tile_size: Option<i64>,
}

impl Declared {
    pub(crate) fn registration(&self) -> Registration {
        let Declared { root, bank, name, inputs, tile_size } = self.clone();
        Registration { root, bank: Some(bank), name, inputs, tile_size }
    }
}

/// The words for the types of assets.
const TYPES: [(&str, BankType); 2] = [("glyph_bank", BankType::Glyph), ("sound_bank", BankType::Sound)];

/// Reads the parameters of one method.
pub(crate) type Reader = fn(&Members) -> Parsed<Call>;

/// The methods that ask for something, each with how its parameters are read.
#[rustfmt::skip]
pub(crate) const METHODS: [(&str, Reader); 9] = [
    ("packer/list_assets", |_| Ok(Call::ListAssets)),
    ("packer/get_asset_details", |given| Ok(Call::Details(given.asset()?))),
    ("packer/doctor", doctor),
    ("packer/explain", |given| Ok(Call::Explain(given.text("code")?))),
    ("packer/pack_summary", |_| Ok(Call::PackSummary)),
    ("packer/validate_pack", |_| Ok(Call::ValidatePack)),
    ("packer/preview", |given| Ok(Call::Preview(Box::new(change(given)?)))),
    ("packer/apply", |given| Ok(Call::Apply { preview_id: given.text("preview_id")?, confirm: given.optional_text("confirm")? })),
    ("packer/build", |given| Ok(Call::Build { full: given.flag("full")? })),
];

/// The parameters of a request, by name.
#[derive(Debug)]
pub(crate) struct Members(serde_json::Map<String, Value>);

/// Reads the parameters of one of [`METHODS`]; `None` where there is no such method.
pub(crate) fn call(method: &str, params: Value) -> Option<Parsed<Call>> {
    let (_, read) = METHODS.iter().find(|(name, _)| *name == method)?;
    let takes_none = [Call::ListAssets, Call::PackSummary, Call::ValidatePack];
    let nothing = Members(serde_json::Map::new());
    // What is not used is not looked at, whatever it is.
    if let Some(call) = read(&nothing).ok().filter(|call| takes_none.contains(call)) {
        return Some(Ok(call));
    }
    Some(members(params).and_then(|given| read(&given)))
}

fn members(params: Value) -> Parsed<Members> {
    match params {
        Value::Null => Ok(Members(serde_json::Map::new())),
        Value::Object(members) => Ok(Members(members)),
        _ => Err(Invalid("`params` must be an object".to_owned())),
    }
}

fn doctor(given: &Members) -> Parsed<Call> {
    match given.optional_text("scope")?.as_deref() {
        None | Some("registered") => Ok(Call::Doctor { workspace: false }),
        Some("workspace") => Ok(Call::Doctor { workspace: true }),
        Some(_) => Err(Invalid("`scope` must be `registered` or `workspace`".to_owned())),
    }
}

fn change(given: &Members) -> Parsed<Change> {
    let operation = given.text("operation")?;
    Ok(match operation.as_str() {
        "init" => Change::Init,
        "register" => Change::Register(declared(given)?),
        "adopt" => Change::Adopt { root: given.text("root")?, new_identity: given.flag("new_identity")? },
        "forget" => Change::Forget(given.asset()?),
        "quarantine" => Change::Quarantine(given.asset()?),
        "include" => Change::Include(given.asset()?),
        "exclude" => Change::Exclude(given.asset()?),
        "remove" => Change::Remove(given.asset()?),
        "relocate" => Change::Relocate { asset: given.asset()?, root: given.text("root")? },
        "rename" => Change::Rename { asset: given.asset()?, name: given.text("name")? },
        "restore" => Change::Restore(given.text("id")?),
        "undo" => Change::Undo(given.text("id")?),
        "rollback" => Change::Rollback(given.text("id")?),
        "migrate" => Change::Migrate,
        "fix" => Change::Fix { only: given.optional_text("only")? },
        other => return Err(Invalid(format!("there is no `operation` called `{other}`"))),
    })
}

fn declared(given: &Members) -> Parsed<Declared> {
    let word = given.text("type")?;
    let bank = TYPES.iter().find(|(name, _)| *name == word);
    let (_, bank) = bank.ok_or_else(|| Invalid("`type` must be `glyph_bank` or `sound_bank`".to_owned()))?;
    let tile_size = match given.get("tile_size") {
        None => None,
        Some(value) => Some(value.as_i64().ok_or_else(|| Invalid("`tile_size` must be a whole number".to_owned()))?),
    };
    Ok(Declared {
        root: given.text("root")?,
        bank: *bank,
        name: given.optional_text("name")?,
        inputs: inputs(given.get("inputs"))?,
        tile_size,
    })
}

/// Inputs as a declaration has them, an object of lists, or as the command line has them, a list of `ROLE=PATH`.
fn inputs(given: Option<&Value>) -> Parsed<Vec<(String, String)>> {
    let wrong = || Invalid("`inputs` must be an object of lists of paths by role, or a list of `ROLE=PATH`".to_owned());
    let mut inputs = Vec::new();
    match given {
        None => {}
        Some(Value::Object(roles)) => {
            for (role, paths) in roles {
                for path in paths.as_array().ok_or_else(wrong)? {
                    inputs.push((role.clone(), path.as_str().ok_or_else(wrong)?.to_owned()));
                }
            }
        }
        Some(Value::Array(pairs)) => {
            for pair in pairs {
                let (role, path) = pair.as_str().and_then(|pair| pair.split_once('=')).ok_or_else(wrong)?;
                inputs.push((role.to_owned(), path.to_owned()));
            }
        }
        Some(_) => return Err(wrong()),
    }
    Ok(inputs)
}

/// Reads the parameters of `initialize`; `most` are the limits that may be lowered.
pub(crate) fn introduction(params: Value, most: &Limits) -> Parsed<Introduction> {
    let given = members(params)?;
    let part = |name: &str| match given.get(name) {
        Some(Value::Object(members)) => Ok(Members(members.clone())),
        _ => Err(Invalid(format!("`{name}` must be an object"))),
    };
    let client = part("client")?;
    client.text("name").and(client.text("version")).map_err(|wrong| Invalid(format!("in `client`, {}", wrong.0)))?;
    let protocol = part("protocol")?;
    let version = |name: &str| {
        let version = protocol.get(name).and_then(Value::as_u64);
        version.ok_or_else(|| Invalid(format!("in `protocol`, `{name}` must be a whole number")))
    };
    let protocol = (version("min")?, version("max")?);
    if protocol.0 > protocol.1 {
        return Err(Invalid("in `protocol`, `min` is above `max`".to_owned()));
    }
    let root = given.text("project_root")?;
    if root.is_empty() || root.contains('\0') {
        return Err(Invalid("`project_root` must be the path of a folder".to_owned()));
    }
    let watch = match given.get("capabilities") {
        None => false,
        Some(_) => {
            part("capabilities")?.flag("watch").map_err(|wrong| Invalid(format!("in `capabilities`, {}", wrong.0)))?
        }
    };
    let mut limits = most.clone();
    if given.get("limits").is_some() {
        for (name, value) in part("limits")?.0 {
            lower(&mut limits, &name, &value)?;
        }
    }
    Ok(Introduction { protocol, root: root.into(), watch, limits })
}

fn lower(limits: &mut Limits, name: &str, value: &Value) -> Parsed<()> {
    let Some((_, most, _)) = limits.rows().find(|row| row.0 == name) else {
        return Err(Invalid(format!("there is no limit called `{name}`")));
    };
    match value.as_u64() {
        Some(value) if value <= most && limits.set(name, value) => Ok(()),
        _ => Err(Invalid(format!(
            "the limit `{name}` must be a whole number of at most {most}: a client may lower it only"
        ))),
    }
}

impl Members {
    /// A member; null is as good as none.
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Parsed<String> {
        self.optional_text(name)?.ok_or_else(|| Invalid(format!("`{name}` is missing")))
    }

    fn optional_text(&self, name: &str) -> Parsed<Option<String>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Invalid(format!("`{name}` must be a string"))),
        }
    }

    fn flag(&self, name: &str) -> Parsed<bool> {
        match self.get(name) {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| Invalid(format!("`{name}` must be true or false"))),
        }
    }

    fn asset(&self) -> Parsed<String> {
        match self.get("asset") {
            None => Err(Invalid("`asset` is missing".to_owned())),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(_) => Err(Invalid("`asset` must be a number or a string".to_owned())),
        }
    }
}
