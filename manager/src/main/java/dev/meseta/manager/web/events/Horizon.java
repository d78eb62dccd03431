package dev.meseta.manager.web.events;

/**
 * Which transactions were running at a moment.
 *
 * @param oldest all before this one are over
 * @param next no transaction had this id or a higher one yet
 */
public record Horizon(long oldest, long next) {}
