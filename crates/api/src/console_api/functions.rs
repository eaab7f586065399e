//! `GET /console/api/functions`: what JSONata expressions can call.

use crate::json::ObjectWriter;

/// The functions, each with its signature.
pub fn answer() -> String {
    let mut out = ObjectWriter::with_capacity(4096);
    out.objects("functions", asl::complete::functions(), |out, (name, signature)| {
        out.text("name", name);
        out.text("signature", signature);
    });
    out.finish()
}
