//! What a `journal.json` of version 1 looks like. Which files a transaction may name is checked by the reader alone.

use crate::envelope::shape::Value::{Any, Integer, List, Never, Object as Is, OrNull, Pattern, Text, Version};
use crate::envelope::shape::{Object, Rule, SAFE_INTEGER_MAX, SHA256, Shape, Value, needed, optional};

pub(crate) static SHAPE: Shape = Shape {
    format: "journal",
    version: 1,
    title: "Journal of a transaction",
    about: "The file `journal.json` below `assets/.prometeu/txn/ID/`, or below `build/.staging/ID/` for a build: what one \
            transaction changes, written before it changes anything.",
    value: Is(Object::open(&[
        needed("schema_version", "The version of this file's format.", Version),
        needed("operation", "The operation's name, such as `migrate` or `rollback`.", Text),
        needed("time", "When it began, RFC 3339 in UTC.", Text),
        needed("changes", "What changes, in this order.", List(0, &Is(CHANGE))),
        needed(
            "entries",
            "The entries of the registry that change; none for a migration, which rewrites the file as a whole.",
            List(0, &Is(ENTRY)),
        ),
    ])),
};

/// Relative to the project.
const PATH: Value = Pattern("^(assets|build)/");

const CHANGE: Object = Object::open(&[
    optional("path", "A file that gets other bytes, appears or goes.", Any),
    optional("before", "What it held; null when it did not exist.", Any),
    optional("after", "The SHA-256 of what it holds afterwards; null when it is gone.", Any),
    optional("from", "A file or folder that gets another name: its name before.", Any),
    optional("to", "Its name afterwards.", Any),
    optional("make_folder", "A folder that is made.", Any),
    optional("remove_folder", "An empty folder that goes.", Any),
])
.with(&[
    Rule(&Object::open(&[needed("from", "", Any)]), &Object::open(&[needed("from", "", PATH), needed("to", "", PATH)])),
    Rule(
        &Object::open(&[optional("from", "", Never), needed("make_folder", "", Any)]),
        &Object::open(&[needed("make_folder", "", PATH)]),
    ),
    Rule(
        &Object::open(&[
            optional("from", "", Never),
            optional("make_folder", "", Never),
            needed("remove_folder", "", Any),
        ]),
        &Object::open(&[needed("remove_folder", "", PATH)]),
    ),
    Rule(
        &Object::open(&[
            optional("from", "", Never),
            optional("make_folder", "", Never),
            optional("remove_folder", "", Never),
        ]),
        &Object::open(&[
            needed("path", "", PATH),
            optional("before", "", OrNull(&Is(ORIGINAL))),
            optional("after", "", OrNull(&SHA256)),
        ]),
    ),
]);

const ENTRY: Object = Object::open(&[
    optional("before", "Its text on one line; null when it did not exist.", OrNull(&Text)),
    optional("after", "What the text is afterwards; null when it is gone.", OrNull(&Text)),
]);

const ORIGINAL: Object = Object::open(&[
    optional("whole", "True where the bytes are kept as a file of their own.", Any),
    optional("sha256", "The SHA-256 of the bytes, where they are kept in one file with all others.", Any),
    optional("offset", "Where they begin in that file.", Any),
    optional("bytes", "How many there are.", Any),
])
.with(&[Rule(
    &Object::open(&[optional("whole", "", Never)]),
    &Object::open(&[
        needed("sha256", "", SHA256),
        needed("offset", "", Integer(0, SAFE_INTEGER_MAX)),
        needed("bytes", "", Integer(0, SAFE_INTEGER_MAX)),
    ]),
)]);
