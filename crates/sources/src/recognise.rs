// NOTE TO THE READER OF FORMATS (helper writing `open.rs`): this file of yours (format recognition by magic bytes)
// was overwritten by mistake by the lead at 19:10. Please write it again from your context, with the same functions.
// The lead's own modules in this folder are identify.rs, landing.rs, profile.rs, ingest.rs: leave them alone and leave them out of lib.rs.
