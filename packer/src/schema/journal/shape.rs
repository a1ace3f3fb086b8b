//! What a `journal.json` of version 1 looks like. Which paths a transaction may name is checked by the reader alone.

use crate::envelope::shape::Value::{Integer, List, Object as Is, OrNull, Pattern, Text, Version};
use crate::envelope::shape::{Object, SAFE_INTEGER_MAX, SHA256, Shape, needed, optional};

pub(crate) static SHAPE: Shape = Shape {
    format: "journal",
    version: 1,
    title: "Journal of a transaction",
    about: "The file `assets/.prometeu/txn/ID/journal.json`: what one transaction changes, written before it changes \
            anything.",
    value: Is(Object::open(&[
        needed("schema_version", "The version of this file's format.", Version),
        needed("operation", "The operation's name, such as `migrate` or `rollback`.", Text),
        needed("time", "When it began, RFC 3339 in UTC.", Text),
        needed("changes", "The files that change, in the order in which they do.", List(0, &Is(CHANGE))),
    ])),
};

const CHANGE: Object = Object::open(&[
    needed("path", "The file, relative to the project.", Pattern("^assets/")),
    optional("before", "What it held; null when it did not exist.", OrNull(&Is(ORIGINAL))),
    optional("after", "The SHA-256 of what it holds afterwards; null when it is gone.", OrNull(&SHA256)),
]);

const ORIGINAL: Object = Object::open(&[
    needed("sha256", "The SHA-256 of its bytes.", SHA256),
    needed("offset", "Where they begin in the file of originals.", Integer(0, SAFE_INTEGER_MAX)),
    needed("bytes", "How many there are.", Integer(0, SAFE_INTEGER_MAX)),
]);
