//! `register`: makes an asset of a folder of pictures or sounds. What is not said on the command line is proposed from
//! what lies in the folder, and every value is written out in the declaration.

mod found;
mod name;
mod order;
mod proposal;
mod would_be;

use super::{Apply, Scene, blocker, mutate};
use crate::diagnostic::{AssetRef, Code, Diagnostic};
use crate::disk::{DiskError, DiskErrorKind, Kind};
use crate::envelope::{self, Artifact};
use crate::migrate::{self, Known};
use crate::ops::Context;
use crate::path::PortablePath;
use crate::plan::{Class, MINTED_ON_APPLY, MutationPlan, Replacement, Step};
use crate::report::Report;
use crate::schema::journal::EntryChange;
use crate::schema::{BankType, DeclarationDraft, Inputs, Role, declaration, entry_line};
use crate::trust::{admit_bytes, refusal};
use crate::workspace::{State, check_inputs};
use found::Found;
pub(in crate::ops) use name::name_for;
use proposal::Proposal;
use std::cell::RefCell;
use std::sync::Arc;

/// What the caller says of the asset; the rest is proposed.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    /// The folder, relative to `assets/`.
    pub root: String,
    /// What it becomes; absent, all of its pictures or all of its sounds decide.
    pub bank: Option<BankType>,
    /// Its name; absent, the folder's.
    pub name: Option<String>,
    /// Role and path relative to the root, in order; a role that is named here is not looked for in the folder.
    pub inputs: Vec<(String, String)>,
    /// Side of a tile in pixels; absent, as large as the pictures allow.
    pub tile_size: Option<i64>,
}

/// Writes a declaration for a folder and registers it.
#[must_use]
pub fn register(context: &Context<'_>, wanted: &Registration, how: Apply<'_>) -> Report {
    // The plan that is carried out differs from the one that was shown in what is made then, and in nothing else: the folder
    // is looked at once for both.
    let looked: RefCell<Option<Looked>> = RefCell::new(None);
    mutate(context, "register", how, &|scene, fresh| {
        if fresh.id == MINTED_ON_APPLY {
            looked.replace(Some(look(scene, wanted)));
        }
        let mut plan = MutationPlan::new("register", Class::Workspace);
        match looked.borrow().as_ref().expect("a plan is shown before it is carried out") {
            Ok((folder, proposal)) => write(scene, &mut plan, wanted, folder, proposal, &(fresh.uuid)()),
            // A call that cannot be understood has nothing to show.
            Err(findings) => match findings.iter().find(|finding| finding.code.family() == "usage") {
                Some(usage) => return Err(usage.clone()),
                None => plan.findings.clone_from(findings),
            },
        }
        Ok(plan)
    })
}

/// A folder and what it would become; else everything that stands in the way.
type Looked = Result<(PortablePath, Proposal), Vec<Diagnostic>>;

fn look(scene: &Scene<'_>, wanted: &Registration) -> Looked {
    let folder = place(scene, &wanted.root).map_err(|finding| vec![finding])?;
    let proposal = propose(scene, wanted, &folder)?;
    Ok((folder, proposal))
}

/// The folder, if it can become a root.
fn place(scene: &Scene<'_>, root: &str) -> Result<PortablePath, Diagnostic> {
    let folder = scene.root(root, None)?;
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    for asset in scene.workspace.assets.iter().filter(|asset| asset.state == State::Unregistered) {
        let other = &*asset.reference.root;
        if inside(root, other) || inside(other, root) {
            let message = format!("`{root}` and the root `{other}` would lie inside each other");
            let help = "register the folders apart, or take that root's `asset.json` away";
            return Err(blocker(Code::RegistryNestedRoot, message, folder.as_str(), help));
        }
    }
    let mut at = PortablePath::assets();
    for name in root.split('/') {
        let next = at.own(name);
        let refused = |kind| Err(refusal(&DiskError::of(next.as_str(), kind, "no folder")));
        match scene.look(&at, name)? {
            Some(Kind::Folder) => at = next,
            Some(Kind::Link) => return refused(DiskErrorKind::Link),
            Some(_) => return refused(DiskErrorKind::NotRegular),
            None => {
                let missing = Diagnostic::new(Code::RegistryRootMissing, "there is no such folder").at(folder.as_str());
                return Err(missing.help(match root.strip_prefix("assets/") {
                    Some(right) => format!("roots are relative to `assets/`: write `{right}`"),
                    None => "make the folder and put the pictures or sounds into it".to_owned(),
                }));
            }
        }
    }
    match scene.look(&folder, "asset.json")? {
        None => Ok(folder),
        Some(_) => {
            let message = "the folder has a declaration already";
            let path = folder.own("asset.json");
            Err(Diagnostic::new(Code::PlanBlocked, message)
                .at(path.as_str())
                .help_to_run_on("register it as it is with `{program} adopt {}`", root))
        }
    }
}

/// What the folder would become; else everything that stands in the way.
fn propose(scene: &Scene<'_>, wanted: &Registration, folder: &PortablePath) -> Result<Proposal, Vec<Diagnostic>> {
    let Scene { context, .. } = scene;
    let found = Found::look(context.disk, folder, &context.limits);
    let given = given(wanted, folder)?;
    let bank = bank_of(wanted, &given, &found, folder)?;
    let is_taken = |name: &str| scene.named(name, "").is_some();
    let name = wanted.name.clone().unwrap_or_else(|| name_for(&wanted.root, &is_taken));
    let mut proposal = Proposal::of(bank, name, wanted.tile_size, &found, given);
    if proposal.draft.inputs.iter().all(|(_, paths)| paths.is_empty()) {
        let refused = proposal.is_blocked().then_some(proposal.findings);
        return Err(refused.unwrap_or_else(|| vec![nothing_found(bank, &found, folder)]));
    }
    let asset = Arc::new(AssetRef {
        name: Some(proposal.draft.name.as_str().into()),
        root: wanted.root.as_str().into(),
        ..AssetRef::default()
    });
    proposal.findings.extend(check(context, folder, &asset, &proposal.draft));
    if !proposal.is_blocked() {
        proposal.settle(context, folder, &found, wanted);
        // The palettes that are to be written count as well.
        proposal.findings.extend(check_text(context, folder, &asset, &proposal.draft).1);
    }
    proposal.findings.iter_mut().for_each(|finding| finding.asset = Some(Arc::clone(&asset)));
    if proposal.is_blocked() { Err(proposal.findings) } else { Ok(proposal) }
}

/// The inputs named by the caller, in their order.
fn given(wanted: &Registration, folder: &PortablePath) -> Result<Vec<(Role, String)>, Vec<Diagnostic>> {
    let role_of = |(name, path): &(String, String)| match Role::ALL.into_iter().find(|role| role.name() == name) {
        Some(role) => Ok((role, path.clone())),
        None => {
            let message = format!("there is no role `{name}`");
            let finding = Diagnostic::new(Code::DeclarationUnknownRole, message).at(folder.as_str());
            Err(vec![finding.help("the roles are sprites and palettes, sources, or payload")])
        }
    };
    wanted.inputs.iter().map(role_of).collect()
}

fn bank_of(
    wanted: &Registration,
    given: &[(Role, String)],
    found: &Found,
    folder: &PortablePath,
) -> Result<BankType, Vec<Diagnostic>> {
    let by_role = given.iter().find_map(|(role, _)| match role {
        Role::Sprites | Role::Palettes => Some(BankType::Glyph),
        Role::Sources => Some(BankType::Sound),
        Role::Payload => None,
    });
    let usage = |message: String| {
        let help = "say which with `--type glyph_bank` or `--type sound_bank`";
        vec![Diagnostic::new(Code::UsageArguments, message).at(folder.as_str()).help(help)]
    };
    let bank = match wanted.bank.or(by_role) {
        Some(bank) => bank,
        None if !given.is_empty() => return Err(usage("a payload does not tell what type of asset it is".to_owned())),
        None => found.bank().ok_or_else(|| {
            let refused: Vec<Diagnostic> = found.findings_about(&Role::ALL).filter(|found| found.blocking).collect();
            let unclear = format!("the type cannot be told from what lies in the folder: {}", found.summary());
            if refused.is_empty() { usage(unclear) } else { refused }
        })?,
    };
    match wanted.tile_size {
        Some(_) if bank == BankType::Sound => {
            let message = "`--tile-size` is for glyph banks, and this is a sound bank";
            Err(vec![Diagnostic::new(Code::UsageArguments, message).at(folder.as_str()).help("leave it out")])
        }
        _ => Ok(bank),
    }
}

fn nothing_found(bank: BankType, found: &Found, folder: &PortablePath) -> Diagnostic {
    let (what, help) = match bank {
        BankType::Glyph => ("PNG pictures", "put PNG pictures into it; other formats have to be exported as PNG first"),
        BankType::Sound => ("WAV sounds", "put WAV sounds into it; other formats have to be exported as WAV first"),
    };
    let message = format!("no {what} lie in this folder; it holds {}", found.summary());
    Diagnostic::new(Code::DeclarationInputMissing, message).at(folder.as_str()).help(help)
}

/// What is wrong with a declaration and with the files that it names, as loading it would find.
fn check(
    context: &Context<'_>,
    folder: &PortablePath,
    asset: &Arc<AssetRef>,
    draft: &DeclarationDraft,
) -> Vec<Diagnostic> {
    let (inputs, mut findings) = check_text(context, folder, asset, draft);
    if !findings.iter().any(|finding| finding.blocking) {
        check_inputs(context.disk, folder, &inputs, asset, &context.limits, &mut findings);
    }
    findings
}

fn check_text(
    context: &Context<'_>,
    folder: &PortablePath,
    asset: &Arc<AssetRef>,
    draft: &DeclarationDraft,
) -> (Inputs, Vec<Diagnostic>) {
    // Any uuid will do: nobody is to see it.
    let text = draft.text("00000000-0000-4000-8000-000000000000");
    let admitted = admit_bytes(folder.own("asset.json").as_str(), text.as_bytes(), &context.limits);
    let opened = envelope::open(admitted, Artifact::Declaration, &context.windows);
    let read = match opened.and_then(|envelope| migrate::to_current(envelope, &Known::default())) {
        Ok(read) => read,
        Err(finding) => return (Inputs::default(), vec![finding]),
    };
    let mut findings = Vec::new();
    let inputs = declaration::parse(&read, folder, asset, &context.limits, &mut findings).inputs;
    // There are none yet, or none could be made, and then the pictures are to blame.
    findings.retain(|finding| finding.code != Code::GlyphNoPalette);
    for finding in &mut findings {
        // The place is one in a file that does not exist.
        finding.place = None;
        if finding.code == Code::GlyphTileSize {
            finding.help = Some("say `--tile-size 8`, `16` or `32`".into());
        }
    }
    (inputs, findings)
}

/// Plans the files, the entry, and everything that both depend on.
fn write(
    scene: &Scene<'_>,
    plan: &mut MutationPlan,
    wanted: &Registration,
    folder: &PortablePath,
    proposal: &Proposal,
    uuid: &str,
) {
    let path = folder.own("asset.json");
    if let Some(name) = &wanted.name {
        scene.check_name(plan, name, path.as_str(), "");
    }
    plan.findings.extend_from_slice(&proposal.findings);
    plan.depends.extend_from_slice(&proposal.depends);
    if let Some(below) = &proposal.new_folder {
        plan.note("create", &folder.own(below), "folder");
        plan.steps.push(Step::MakeFolder(folder.own(below)));
    }
    let mut create = |path: PortablePath, detail: String, text: String| {
        plan.note("create", &path, detail);
        plan.steps.push(Step::Replace(Replacement { path, before: None, after: Some(text.into_bytes().into()) }));
    };
    for palette in &proposal.palettes {
        let detail = format!("{} made from the sprites", crate::ops::counted(palette.colours, "colour"));
        create(folder.own(&palette.below), detail, palette.text.clone());
    }
    let text = proposal.draft.text(uuid);
    let on_one_line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    create(path.clone(), on_one_line, text);
    proposal.remarks.iter().for_each(|remark| plan.note("create", &path, remark));
    let (id, next) = scene.next_id(plan);
    let change = EntryChange { before: None, after: Some(entry_line(id, uuid, true, &wanted.root)) };
    scene.edit_registry(plan, vec![change], Some(next));
}
