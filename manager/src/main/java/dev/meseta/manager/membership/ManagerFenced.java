package dev.meseta.manager.membership;

/** This manager has ended the life of another one, whose lease had run out. */
public record ManagerFenced(Life life) {}
