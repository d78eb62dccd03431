package dev.meseta.manager.audit;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Knows what objects of one kind are called, for the records of requests about them. One bean per kind; asked before the
 * request is, so that what it renames or deletes is called what it was called.
 */
public interface AuditedNames {

    /** As in the paths of the API, for instance "vms". */
    String kind();

    /** Whoever asks; empty: there is no such object. */
    Optional<String> name(UUID id);

    static AuditedNames of(String kind, Function<UUID, Optional<String>> name) {
        return new AuditedNames() {
            @Override
            public String kind() {
                return kind;
            }

            @Override
            public Optional<String> name(UUID id) {
                return name.apply(id);
            }
        };
    }
}
