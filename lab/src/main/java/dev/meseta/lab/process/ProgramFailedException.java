package dev.meseta.lab.process;

/** A program ended with an exit code other than 0. */
public final class ProgramFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 2000;

    private final int exitCode;

    public ProgramFailedException(ProgramResult result) {
        super("'%s' ended with exit code %d: %s"
                .formatted(String.join(" ", result.arguments()), result.exitCode(), quote(result)));
        this.exitCode = result.exitCode();
    }

    public int exitCode() {
        return exitCode;
    }

    private static String quote(ProgramResult result) {
        String said = (result.errors().isBlank() ? result.output() : result.errors()).strip();
        return said.length() <= LONGEST_QUOTE ? said : "…" + said.substring(said.length() - LONGEST_QUOTE);
    }
}
