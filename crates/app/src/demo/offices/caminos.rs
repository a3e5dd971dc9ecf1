//! Works institute: an OC4IDS project package.
//!
//! Publishes budgets and spending year by year, and no physical progress.

use crate::demo::works::{Programme, Work};
use crate::demo::written::{number, pesos};
use anyhow::Result;
use serde_json::{Value, json};

/// The file's name and bytes.
pub fn file(programme: &Programme) -> Result<(String, Vec<u8>)> {
    let projects: Vec<Value> = programme.works.iter().map(project).collect();
    let package = json!({
        "uri": "https://ejemplo.invalid/caminos/proyectos.json",
        "version": "0.9",
        "publishedDate": "2026-01-15T00:00:00-06:00",
        "publisher": {"name": "Instituto de Caminos Imaginarios (datos inventados)"},
        "projects": projects,
    });
    Ok((
        "caminos_proyectos.json".to_string(),
        serde_json::to_vec_pretty(&package)?,
    ))
}

fn project(work: &Work) -> Value {
    let budget = work.modified.value().unwrap_or(pesos(0));
    let is_done = work.status == "Terminada";
    let measure = json!({
        "id": "pagado",
        "title": "Pagado",
        "value": {"amount": number(work.spent), "currency": "MXN"},
        "update": format!("{}-12-31T00:00:00-06:00", work.year),
    });
    let mut project = json!({
        "id": work.key,
        "updated": "2026-01-10T00:00:00-06:00",
        "title": work.name,
        "description": format!("{}. Proyecto inventado para la demostración.", work.name),
        "status": if is_done { "completed" } else { "implementation" },
        "type": match work.kind {
            "Construcción" => "construction",
            "Ampliación" => "expansion",
            _ => "rehabilitation",
        },
        "sector": ["transport.road"],
        "period": {"startDate": moment(&work.start.iso()), "endDate": moment(&work.end.iso())},
        "budget": {
            "amount": {"amount": number(budget), "currency": "MXN"},
            "approvalDate": moment(&work.start.plus(-60).iso()),
            "budgetBreakdown": [{
                "id": format!("{}-{}", work.key, work.year),
                "description": format!("Presupuesto {}", work.year),
                "amount": {"amount": number(budget), "currency": "MXN"},
                "period": {
                    "startDate": format!("{}-01-01T00:00:00-06:00", work.year),
                    "endDate": format!("{}-12-31T00:00:00-06:00", work.year),
                },
                "budgetLines": [{"id": "obra", "measures": [measure]}],
            }],
        },
        "locations": [{
            "id": "1",
            "description": work.town,
            "geometry": {"type": "Point", "coordinates": [work.longitude, work.latitude]},
            "address": {"locality": work.town, "region": "Tierra Inventada", "countryName": "Demostración"},
        }],
        "publicAuthority": {"id": "DM-ICI", "name": "Instituto de Caminos Imaginarios"},
        "parties": [{
            "id": "DM-ICI",
            "name": "Instituto de Caminos Imaginarios",
            "identifier": {"scheme": "DM-GOB", "id": "ICI"},
            "roles": ["publicAuthority", "buyer"],
            "contactPoint": {"name": "Persona Inventada", "email": "nadie@ejemplo.invalid"},
        }],
        "contractingProcesses": [{"id": format!("ocds-dm0002-{}", work.key)}],
    });
    if is_done {
        project["completion"] = json!({
            "endDate": moment(&work.end.iso()),
            "finalValue": {"amount": number(work.spent), "currency": "MXN"},
        });
    }
    project
}

fn moment(day: &str) -> String {
    format!("{day}T00:00:00-06:00")
}
