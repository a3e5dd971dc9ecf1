//! What offices buy and build, in the words they use.

/// What is bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Category {
    /// Things.
    Goods,
    /// Work of people.
    Services,
    /// Construction.
    Works,
}

/// Things that are bought.
pub const GOODS: [&str; 14] = [
    "Adquisición de papelería y útiles de oficina",
    "Compra de medicamentos, material de curación y reactivos",
    "Suministro de gasolina, diésel y lubricantes",
    "Adquisición de equipo de cómputo",
    "Compra de uniformes y calzado para personal operativo",
    "Adquisición de mobiliario escolar",
    "Suministro de alimentos perecederos",
    "Compra de llantas y refacciones",
    "Adquisición de luminarias LED",
    "Compra de semilla mejorada de maíz",
    "Adquisición de vehículos tipo pick-up",
    "Material eléctrico, plomería y ferretería",
    "Compra de cámaras de vigilancia; incluye instalación",
    "Adquisición de instrumentos de medición «hidrométrica»",
];

/// Services that are bought.
pub const SERVICES: [&str; 12] = [
    "Servicio de limpieza integral de oficinas",
    "Servicio de vigilancia",
    "Arrendamiento de fotocopiadoras",
    "Mantenimiento preventivo y correctivo de elevadores",
    "Servicio de fumigación, desinfección y control de plagas",
    "Capacitación “Atención a la niñez”",
    "Mantenimiento del parque vehicular",
    "Servicio de internet – enlace dedicado",
    "Estudio de mecánica de suelos",
    "Impresión de formatos \"únicos\" de trámite",
    "Producción de cápsulas informativas",
    "Recolección de residuos biológico-infecciosos",
];

/// Works that are bought or followed.
pub const WORKS: [&str; 14] = [
    "Pavimentación con concreto hidráulico",
    "Rehabilitación del sistema de agua potable",
    "Construcción de aulas en escuela primaria",
    "Ampliación de la red de drenaje sanitario",
    "Construcción de puente vehicular",
    "Rehabilitación de centro de salud",
    "Construcción de unidad deportiva",
    "Modernización de camino rural",
    "Construcción de pozo profundo",
    "Reencarpetado de avenida",
    "Rehabilitación de mercado público",
    "Construcción de planta de tratamiento de aguas residuales",
    "Ampliación de la red eléctrica",
    "Construcción de muro de contención",
];

/// Municipalities that do not exist.
pub const TOWNS: [&str; 14] = [
    "San Orlo de la Peña",
    "Villa Nácar",
    "Tresmontes del Año",
    "Puerto Lubina",
    "El Zuribal",
    "Santa Quilaria",
    "Dos Ceibas de Arriba",
    "Laguna Verdemar",
    "Cerro Ñuble",
    "Mina Cobaltina",
    "Río Olvido",
    "Los Espejuelos",
    "Nueva Tramontana",
    "Peñón de los Vientos",
];

/// Remarks that fill a cell, with the signs that trouble readers.
pub const REMARKS: [&str; 6] = [
    "Sin observaciones",
    "Entrega en almacén central; horario de 9:00 a 15:00",
    "Incluye garantía.\nVigencia: un año",
    "Ver acta de fallo",
    "Pago contra factura, \"a entera satisfacción\"",
    "Recurso estatal",
];

/// Offices that buy.
pub const UNITS: [&str; 12] = [
    "Secretaría de Salud",
    "Secretaría de Educación",
    "Secretaría de Obras Públicas y Ordenamiento Territorial",
    "Oficialía Mayor",
    "Secretaría de Desarrollo Rural",
    "Comisión Estatal del Agua",
    "Fiscalía General",
    "Universidad Tecnológica",
    "Sistema para el Desarrollo de la Niñez y la Familia",
    "Secretaría de Seguridad Ciudadana",
    "Instituto de la Vivienda",
    "Secretaría de Cultura y Turismo",
];
