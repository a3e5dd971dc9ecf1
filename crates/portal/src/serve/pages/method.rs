//! How it works, and where its limits are.

use askama::Template;
use serde_json::json;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;

#[derive(Template)]
#[template(path = "method.html")]
struct View<'a> {
    p: &'a Frame<'a>,
}

pub(crate) fn draw(frame: &mut Frame<'_>) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(w.t("method_title"), w.t("method_lead"), &[]);
    match frame.format {
        Format::Json => {
            let document =
                json!({ "code_version": frame.site.code_version, "texts": frame.site.texts });
            Answer::json(frame, &document)
        }
        Format::Csv => {
            let mut csv = Csv::new(&[
                "indicator",
                "parameter",
                "place",
                "procedure",
                "category",
                "valid_from",
                "valid_to",
                "value",
                "status",
                "source",
            ]);
            for rule in &frame.site.texts.rules {
                for parameter in &rule.parameters {
                    csv.row(&[
                        &rule.code,
                        &parameter.name,
                        &parameter.place,
                        &parameter.procedure,
                        &parameter.category,
                        &parameter.valid_from,
                        &parameter.valid_to,
                        &parameter.value,
                        &parameter.status,
                        &parameter.source,
                    ]);
                }
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => Ok(Answer::Html(View { p: frame }.render()?)),
    }
}
