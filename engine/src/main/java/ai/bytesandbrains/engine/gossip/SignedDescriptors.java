package ai.bytesandbrains.engine.gossip;

import ai.bytesandbrains.engine.overlay.DescriptorPolicy;
import ai.bytesandbrains.engine.overlay.PeerDescriptor;
import ai.bytesandbrains.engine.overlay.PeerTable;

/// What other protocols of a node with signed descriptors go by. A peer whose proof is known is
/// that peer, whatever a message says of its address, so a signature is checked only of those who
/// are new, have started anew, or whose known proof is past half of its life. Has a budget of its
/// own for that, as large as that of gossip: neither can use up the other's.
final class SignedDescriptors implements DescriptorPolicy {

    private final DescriptorSigning signing;
    private final PeerTable table;
    private final VerificationBudget solicitedBudget;
    private final VerificationBudget strangersBudget;

    SignedDescriptors(
            DescriptorSigning signing,
            PeerTable table,
            VerificationBudget solicitedBudget,
            VerificationBudget strangersBudget) {
        this.signing = signing;
        this.table = table;
        this.solicitedBudget = solicitedBudget;
        this.strangersBudget = strangersBudget;
    }

    @Override
    public long acquire(PeerDescriptor received, boolean solicited, long nowNs) {
        if (signing.isProven(received, nowNs)) {
            return table.acquire(received);
        }
        VerificationBudget budget = solicited ? solicitedBudget : strangersBudget;
        if (signing.check(received, budget, nowNs) != null) {
            return PeerTable.NULL_PEER;
        }
        long peer = table.acquire(received);
        if (peer != PeerTable.NULL_PEER) {
            signing.keep(peer, received);
        }
        return peer;
    }

    @Override
    public void describe(long peer, PeerDescriptor into) {
        signing.describe(peer, into);
        into.age(0);
    }

    @Override
    public boolean isSigned() {
        return true;
    }
}
