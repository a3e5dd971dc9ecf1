//! The status page of an error: what happened, and what now.

use askama::Template;

use crate::Error;
use crate::serve::frame::Frame;

#[derive(Template)]
#[template(path = "error.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    status: u16,
    lead: &'static str,
}

pub(crate) fn html(mut frame: Frame<'_>, error: &Error) -> Result<String, Error> {
    let w = frame.w;
    let (title, lead) = match error {
        Error::NotFound => (w.t("error_not_found"), w.t("error_not_found_lead")),
        Error::NotPublic => (w.t("error_not_public"), w.t("error_not_public_lead")),
        Error::BadRequest(_) => (w.t("error_bad_request"), w.t("error_bad_request_lead")),
        _ => (w.t("error_ours"), w.t("error_ours_lead")),
    };
    frame.name(title, lead, &[]);
    frame.has_data = false;
    let status = error.status().as_u16();
    Ok(View {
        p: &frame,
        status,
        lead,
    }
    .render()?)
}
