package dev.meseta.lab.bench;

import dev.meseta.lab.stack.MesetaStack;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** One benchmark on a running data center of its own with two real hosts. */
public interface Bench {

    /** As typed after {@code ./meseta bench}. */
    String name();

    /** @throws TimeoutException when something took so long that a figure would be meaningless */
    List<Measure> run(MesetaStack stack, PrintStream progress) throws TimeoutException;
}
