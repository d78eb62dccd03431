package dev.meseta.manager.identity;

import org.jspecify.annotations.Nullable;

/** Body of a REST operation that needs a factor shown lately for some of what can be asked with it. */
public interface DangerousBody {

    /** null: what it asks for is not dangerous. */
    @Nullable DangerousVerb danger();
}
