package dev.meseta.manager.shared;

/** Who asks, for code that answers a REST request. Implemented by the web module from the signed-in principal. */
@FunctionalInterface
public interface CurrentRequest {

    /** Principal and correlation id of the request that the calling thread answers. */
    RequestContext get();
}
