package dev.meseta.manager.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;

/**
 * Draws the state diagram of a phase enum and keeps the copy in a document true to it. A document holds the place with
 * two comment lines, {@code <!-- diagram:NAME -->} and {@code <!-- /diagram:NAME -->}; run the test with {@code
 * -Dmeseta.docs.update=true} to have what is between them written anew.
 */
public final class ProtocolDiagram {

    private ProtocolDiagram() {}

    /** Mermaid text of the machine: every phase in the order of the enum, its transitions in the same order. */
    public static <E extends Enum<E> & Phase> String mermaid(Class<E> phases) {
        var text = new StringBuilder("```mermaid\nstateDiagram-v2\n");
        E[] all = phases.getEnumConstants();
        text.append("    [*] --> ").append(all[0].name()).append('\n');
        for (E phase : all) {
            phase.next().stream()
                    .map(phases::cast)
                    .sorted(Comparator.naturalOrder())
                    .forEach(next -> text.append("    ")
                            .append(phase.name())
                            .append(" --> ")
                            .append(next.name())
                            .append('\n'));
            if (phase.isFinal()) {
                text.append("    ").append(phase.name()).append(" --> [*]\n");
            }
        }
        return text.append("```\n").toString();
    }

    /**
     * Fails unless the document shows the diagram as the enum is now.
     *
     * @param document below {@code docs/protocol}, e.g. "migration.md"
     * @param name of the place in the document
     */
    public static <E extends Enum<E> & Phase> void verify(String document, String name, Class<E> phases) {
        Path file = repositoryRoot().resolve("docs/protocol").resolve(document);
        String begin = "<!-- diagram:" + name + " -->\n";
        String end = "<!-- /diagram:" + name + " -->";
        try {
            String text = Files.readString(file);
            int from = text.indexOf(begin);
            int to = text.indexOf(end);
            assertThat(from >= 0 && to > from)
                    .as("%s has the lines %s and %s", document, begin.strip(), end)
                    .isTrue();
            String drawn = mermaid(phases);
            if (Boolean.getBoolean("meseta.docs.update")) {
                Files.writeString(file, text.substring(0, from + begin.length()) + drawn + text.substring(to));
                return;
            }
            assertThat(text.substring(from + begin.length(), to))
                    .as(
                            "the diagram %s in docs/protocol/%s; write it anew with -Dmeseta.docs.update=true",
                            name, document)
                    .isEqualTo(drawn);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A machine without dead ends: final phases lead nowhere, all others somewhere, and each can be reached. */
    public static <E extends Enum<E> & Phase> void verifySound(Class<E> phases) {
        var all = phases.getEnumConstants();
        var reached = new HashSet<Phase>();
        var open = new ArrayDeque<Phase>();
        open.add(all[0]);
        while (!open.isEmpty()) {
            Phase phase = open.remove();
            if (reached.add(phase)) {
                open.addAll(phase.next());
            }
        }
        for (E phase : all) {
            assertThat(phase.next().isEmpty()).as("%s leads nowhere", phase).isEqualTo(phase.isFinal());
            assertThat(reached).as("phases that can be reached").contains(phase);
        }
    }

    private static Path repositoryRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException("not inside the repository");
        }
        return folder;
    }
}
