package dev.meseta.manager.shared.web;

/**
 * What a dry run answers for a command that would be accepted now and has nothing more to tell.
 *
 * @param taskKind of the task that the command would begin
 */
public record CheckAnswer(String taskKind) {}
