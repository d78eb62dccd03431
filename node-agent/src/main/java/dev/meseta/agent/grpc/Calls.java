package dev.meseta.agent.grpc;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers unary calls. */
final class Calls {

    private Calls() {}

    /** Sends what the work returns, or the error it throws. */
    static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T result;
        try {
            result = work.get();
        } catch (RuntimeException e) {
            observer.onError(GrpcErrors.toCaller(e));
            return;
        }
        observer.onNext(result);
        observer.onCompleted();
    }
}
