package ai.bytesandbrains.engine.sim;

/// What attackers do, all together. They know everybody and answer every request.
public enum Attack {
    /// The hub attack: what they send names attackers only, all as fresh as can be, once in a
    /// cycle.
    HUB(1, false),
    /// The same, twenty times in a cycle each.
    FLOOD(20, false),
    /// Twice in a cycle, and everything is made up: ages of any size, peers that do not exist or
    /// are somebody else, the wrong kinds of messages, answers to nothing.
    LIES(2, true);

    private final int messagesPerCycle;
    private final boolean lies;

    Attack(int messagesPerCycle, boolean lies) {
        this.messagesPerCycle = messagesPerCycle;
        this.lies = lies;
    }

    /// {@return how many messages an attacker starts in a cycle}
    public int messagesPerCycle() {
        return messagesPerCycle;
    }

    boolean lies() {
        return lies;
    }
}
