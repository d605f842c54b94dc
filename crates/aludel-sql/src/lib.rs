//! The pure half of Aludel: schema model, types, expressions, statements, dialects and the SQL compiler
