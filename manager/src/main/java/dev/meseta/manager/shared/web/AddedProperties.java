package dev.meseta.manager.shared.web;

/**
 * What a module puts into an open object of another's answer, for the description of the API. A bean.
 *
 * @param schema name of the open object's schema
 * @param from its components are the properties
 */
public record AddedProperties(String schema, Class<? extends Record> from) {}
