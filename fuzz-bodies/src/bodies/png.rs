//! A picture, against another reader: one that a bank is made of decodes there, too.

use crate::project::unmoved;
use fixtures::broken::glyph_project;
use prometeu_packer::ops;
use std::io::Cursor;

pub(crate) fn body(data: &[u8]) {
    let files = glyph_project().with("assets/ui/a.png", data);
    let report = unmoved(&files, |context| ops::doctor(context, ops::Scope::Registered));
    unmoved(&files.without("assets/ui/a.gpl"), |context| {
        let registration = ops::Registration { root: "ui".to_owned(), ..ops::Registration::default() };
        ops::register(context, &registration, ops::Apply::Preview)
    });
    if !report.findings.iter().any(|finding| finding.blocking) {
        let mut decoder = png::Decoder::new(Cursor::new(data));
        // Skipped unread here, whatever is in it.
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(true);
        let mut reader = decoder.read_info().expect("a picture that was accepted has a header");
        let bytes = reader.output_buffer_size().expect("a picture that was accepted fits into memory");
        reader.next_frame(&mut vec![0; bytes]).expect("a picture that was accepted decodes");
    }
}
