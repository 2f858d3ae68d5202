using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Solver.Pricing;
using OnchainMargin.Solver.Quorum;

namespace OnchainMargin.Solver;

/// <summary>Every message that the solver logs, numbered: 1xxx host, 2xxx index, 3xxx transactions, 4xxx risk and pricing, 5xxx attestation, 6xxx keeping, 7xxx API and relay.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1001, LogLevel.Information, "Role {Role} started")]
    public static partial void RoleStarted(this ILogger logger, string role);

    [LoggerMessage(1002, LogLevel.Warning, "A round of role {Role} failed and is tried again in {PauseSeconds} s: {Reason}")]
    public static partial void RoundFailed(this ILogger logger, string role, string reason, string pauseSeconds);

    [LoggerMessage(1003, LogLevel.Information, "Solver starts with roles {Roles} on chain {ChainId}, store {Store}")]
    public static partial void SolverStarts(this ILogger logger, string roles, ulong chainId, string store);

    [LoggerMessage(1004, LogLevel.Information, "Stands by: {Leader} leads")]
    public static partial void StandsBy(this ILogger logger, string leader);

    [LoggerMessage(1005, LogLevel.Critical, "The store {Store} was lost, and another process may lead by now: all roles stop, and this process stands by ({Reason})")]
    public static partial void LeadLost(this ILogger logger, string store, string reason);

    [LoggerMessage(1006, LogLevel.Error, "A round of role {Role} broke on something that nobody foresaw and is tried again in {PauseSeconds} s; the other roles go on; report it with this trace")]
    public static partial void RoundBroken(this ILogger logger, Exception error, string role, string pauseSeconds);

    [LoggerMessage(1007, LogLevel.Warning, "Stands by: this process led until the store was lost, and leads no more before its node answers ({Reason})")]
    public static partial void WaitsForNode(this ILogger logger, string reason);

    [LoggerMessage(2001, LogLevel.Information, "Index loaded from the store: block {Block}, {Accounts} accounts")]
    public static partial void IndexLoaded(this ILogger logger, ulong block, int accounts);

    [LoggerMessage(2002, LogLevel.Warning, "The chain was reorganised: the index goes from block {From} back to {Ancestor}")]
    public static partial void ChainReorganised(this ILogger logger, ulong from, ulong ancestor);

    [LoggerMessage(2009, LogLevel.Warning, "The node had left out {Count} events when it was asked first, the earliest of block {Block}: the index goes back to block {Ancestor} and on from there with them; if it happens again, name another node first in nodeUrl")]
    public static partial void LogsWereMissed(this ILogger logger, int count, ulong block, ulong ancestor);

    [LoggerMessage(2003, LogLevel.Error, "The events of the node do not fit together, the chain is read anew: {Reason}")]
    public static partial void IndexDoesNotFit(this ILogger logger, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "The subscription to new blocks was lost, the index polls meanwhile: {Reason}")]
    public static partial void SubscriptionLost(this ILogger logger, string reason);

    [LoggerMessage(2005, LogLevel.Information, "Read the snapshot of the book of block {Block}, {Accounts} accounts")]
    public static partial void SnapshotRead(this ILogger logger, ulong block, int accounts);

    [LoggerMessage(2006, LogLevel.Warning, "The snapshot of the book cannot be used, so all stored events are replayed: {Reason}")]
    public static partial void SnapshotUnusable(this ILogger logger, string reason);

    [LoggerMessage(2007, LogLevel.Information, "Wrote the snapshot of the book of block {Block}, {Bytes} bytes in {Seconds} s")]
    public static partial void SnapshotWritten(this ILogger logger, ulong block, long bytes, string seconds);

    [LoggerMessage(2008, LogLevel.Critical, "The process ends: {Reason}")]
    public static partial void IndexGivenUp(this ILogger logger, string reason);

    [LoggerMessage(4001, LogLevel.Debug, "A checkpoint after {Before} was refused: {Reason}")]
    public static partial void CheckpointRefused(this ILogger logger, ulong before, string reason);

    [LoggerMessage(4006, LogLevel.Debug, "Fixing the settlement price of underlying {Underlying} at {Expiry} was refused: {Reason}")]
    public static partial void SettlementPriceRefused(this ILogger logger, ushort underlying, uint expiry, string reason);

    [LoggerMessage(4002, LogLevel.Debug, "Computed {Accounts} accounts at checkpoint {Checkpoint} for block {Block}")]
    public static partial void BookComputed(this ILogger logger, int accounts, ulong checkpoint, ulong block);

    [LoggerMessage(4020, LogLevel.Information, "Proposed for underlying {Underlying}: price range from {Before} to {After}, {Reason}; {Accounts} accounts would become liquidatable")]
    public static partial void ParametersProposed(this ILogger logger, string underlying, double before, double after, string reason, int accounts);

    [LoggerMessage(4003, LogLevel.Warning, "Prices: {Kind} began: {Subject}")]
    public static partial void FeedAlertBegan(this ILogger logger, FeedAlertKind kind, string subject);

    [LoggerMessage(4004, LogLevel.Information, "Prices: {Kind} is over: {Subject}")]
    public static partial void FeedAlertEnded(this ILogger logger, FeedAlertKind kind, string subject);

    [LoggerMessage(4005, LogLevel.Debug, "Prices cannot be read from {Endpoint}: {Reason}")]
    public static partial void FeedEndpointFailed(this ILogger logger, string endpoint, string reason);

    [LoggerMessage(4010, LogLevel.Warning, "Quotes of {Underlying} cannot be used: {Reason}")]
    public static partial void QuotesUnusable(this ILogger logger, string underlying, string reason);

    [LoggerMessage(4011, LogLevel.Information, "Quotes of {Underlying} can be used again")]
    public static partial void QuotesUsable(this ILogger logger, string underlying);

    [LoggerMessage(4012, LogLevel.Warning, "Quotes of {Underlying} for {Expiry:yyyy-MM-dd HH:mm} break put-call parity (the forward that they imply is {Deviation:P2} away, {Outside} of {Strikes} strikes contradict it), so the expiry is left out")]
    public static partial void ParityBroken(this ILogger logger, string underlying, DateTimeOffset expiry, double deviation, int outside, int strikes);

    [LoggerMessage(4013, LogLevel.Information, "Proposes surfaces of {Underlying} for {Expiry:yyyy-MM-dd HH:mm}: volatility {Volatility:P1} at the forward, {Part:P0} of the way to the fit ({Bound})")]
    public static partial void SurfaceProposed(this ILogger logger, string underlying, DateTimeOffset expiry, double volatility, double part, SurfaceFault bound);

    [LoggerMessage(4014, LogLevel.Warning, "No surface of {Underlying} for {Expiry:yyyy-MM-dd HH:mm} would be accepted now ({Bound}); the one in force ages and its age is charged for")]
    public static partial void SurfaceStuck(this ILogger logger, string underlying, DateTimeOffset expiry, SurfaceFault bound);

    [LoggerMessage(4015, LogLevel.Warning, "The guardian has stopped surfaces: none is proposed, signed or sent until it lets them go on (VolSurfaces.setStopped); those in force age and their age is charged for")]
    public static partial void SurfacesStopped(this ILogger logger);

    [LoggerMessage(4016, LogLevel.Information, "The guardian lets surfaces go on")]
    public static partial void SurfacesReleased(this ILogger logger);

    [LoggerMessage(4021, LogLevel.Warning, "The proposed step of parameters would make {Count} accounts liquidatable, first of all {Accounts}; {Withheld}")]
    public static partial void StepHurts(this ILogger logger, int count, string accounts, string withheld);

    [LoggerMessage(5020, LogLevel.Information, "Signed a proposal of {Kind} ({Digest}) as {Signer}")]
    public static partial void ProposalSigned(this ILogger logger, ProposalKind kind, string digest, Address signer);

    [LoggerMessage(5022, LogLevel.Information, "Sends a proposal of {Kind} ({Digest}) with {Signatures} signatures")]
    public static partial void ProposalSent(this ILogger logger, ProposalKind kind, string digest, int signatures);

    [LoggerMessage(5023, LogLevel.Warning, "The contract refused a proposal of {Kind} ({Digest}): {Reason}")]
    public static partial void ProposalRefusedByChain(this ILogger logger, ProposalKind kind, string digest, string reason);

    [LoggerMessage(5024, LogLevel.Warning, "A proposal of {Kind} ({Digest}) waits, smaller ones go on: {Reason}")]
    public static partial void ProposalTooLarge(this ILogger logger, ProposalKind kind, string digest, string reason);

    [LoggerMessage(5021, LogLevel.Warning, "Refuses to sign a proposal of {Kind} ({Digest}): {Reason}")]
    public static partial void ProposalRefused(this ILogger logger, ProposalKind kind, string digest, string reason);

    [LoggerMessage(5001, LogLevel.Information, "Signed epoch {Epoch} of checkpoint {Checkpoint} over {Accounts} accounts as {Signer}")]
    public static partial void EpochSigned(this ILogger logger, ulong epoch, ulong checkpoint, int accounts, Address signer);

    [LoggerMessage(5002, LogLevel.Warning, "{Signer} is not an attester of the registry, so it signs nothing; governance admits it (AttesterBonds.admit), then anybody pays its bond (AttesterBonds.join)")]
    public static partial void NotAnAttester(this ILogger logger, Address signer);

    [LoggerMessage(5003, LogLevel.Debug, "Epoch {Epoch} has {Signatures} of {Threshold} signatures")]
    public static partial void SignaturesMissing(this ILogger logger, ulong epoch, int signatures, uint threshold);

    [LoggerMessage(5004, LogLevel.Warning, "Epoch {Epoch} was refused: {Reason}")]
    public static partial void EpochRefused(this ILogger logger, ulong epoch, string reason);

    [LoggerMessage(5005, LogLevel.Error, "{Signer} signed epoch {Epoch} of checkpoint {Checkpoint} over root {Theirs}, this node computes {Own} and signs only that")]
    public static partial void BookDiffers(this ILogger logger, Address signer, ulong epoch, ulong checkpoint, Hash32 theirs, Hash32 own);

    [LoggerMessage(5006, LogLevel.Error, "Account {Account} differs in {Term}: {Own} here, {Theirs} there")]
    public static partial void TermDiffers(this ILogger logger, ulong account, string term, string own, string theirs);

    [LoggerMessage(5007, LogLevel.Debug, "The peer {Peer} did not take or give what was asked: {Reason}")]
    public static partial void PeerFailed(this ILogger logger, string peer, string reason);

    [LoggerMessage(5008, LogLevel.Information, "Supplies the leaf of account {Account} of epoch {Epoch}, which was demanded")]
    public static partial void LeafSupplied(this ILogger logger, ulong account, ulong epoch);

    [LoggerMessage(5009, LogLevel.Error, "Epoch {Epoch} of checkpoint {Checkpoint} has root {Posted}, here it is {Own}")]
    public static partial void RootIsWrong(this ILogger logger, ulong epoch, ulong checkpoint, Hash32 posted, Hash32 own);

    [LoggerMessage(5010, LogLevel.Warning, "Sent: {Challenge}")]
    public static partial void ChallengeSent(this ILogger logger, string challenge);

    [LoggerMessage(5011, LogLevel.Warning, "'{Challenge}' was refused: {Reason}")]
    public static partial void ChallengeRefused(this ILogger logger, string challenge, string reason);

    [LoggerMessage(5012, LogLevel.Error, "The attestation of account {Account} at checkpoint {Checkpoint} that was used on chain is not what is computed here: leaf {Leaf}")]
    public static partial void UseIsWrong(this ILogger logger, ulong account, ulong checkpoint, Hash32 leaf);

    [LoggerMessage(5013, LogLevel.Error, "The attestation of account {Account} that was used on chain cannot be judged here: its checkpoint {Checkpoint} is not kept any more (epoch {Epoch}, 0 for none)")]
    public static partial void UseIsTooOld(this ILogger logger, ulong account, ulong checkpoint, ulong epoch);

    [LoggerMessage(5017, LogLevel.Error, "Attestations of the margin model {Model} cannot be judged here, where {Own} is computed: run the program of that model beside this one for as long as they can be challenged, seven days after their checkpoints")]
    public static partial void ModelIsNotJudged(this ILogger logger, Hash32 model, Hash32 own);

    [LoggerMessage(5014, LogLevel.Error, "The chain's margin model is {Model}, the one computed here is {Own}: nothing is signed until this program is of the chain's model")]
    public static partial void ModelIsAnother(this ILogger logger, Hash32 model, Hash32 own);

    [LoggerMessage(5015, LogLevel.Error, "{Subject} could not be judged, and is tried again; the others go on: {Reason}")]
    public static partial void JudgingFailed(this ILogger logger, string subject, string reason);

    [LoggerMessage(5016, LogLevel.Warning, "'{Challenge}' is left for {Seconds} s, and what is behind it goes on: {Reason}")]
    public static partial void ChallengeRests(this ILogger logger, string challenge, double seconds, string reason);

    [LoggerMessage(6001, LogLevel.Information, "Keeper, {Subject}: {Decision}: {Text}")]
    public static partial void KeeperDecides(this ILogger logger, string subject, string decision, string text);

    [LoggerMessage(6002, LogLevel.Debug, "Keeper, {Subject}: still {Decision}: {Text}")]
    public static partial void KeeperStillDecides(this ILogger logger, string subject, string decision, string text);

    [LoggerMessage(6003, LogLevel.Warning, "The depth of {Underlying} is not known, so the protocol's own charge stands for it: {Reason}")]
    public static partial void DepthIsNotRead(this ILogger logger, string underlying, string reason);

    [LoggerMessage(3001, LogLevel.Information, "Stored transaction for '{Intent}': nonce {Nonce}, hash {Hash}")]
    public static partial void TransactionStored(this ILogger logger, string intent, ulong nonce, Hash32 hash);

    [LoggerMessage(3012, LogLevel.Warning, "{Count} transactions of {Sender} wait in the store, and no role that sends has its key: they are neither sent again nor given up until one has; name its key in the options, without keeper:dryRun where it is the keeper's, until they are mined")]
    public static partial void TransactionsOfAnotherKey(this ILogger logger, int count, Address sender);

    [LoggerMessage(3002, LogLevel.Information, "Transaction for '{Intent}' is in block {Block}")]
    public static partial void TransactionMined(this ILogger logger, string intent, ulong block);

    [LoggerMessage(3003, LogLevel.Warning, "Transaction for '{Intent}' was reverted in block {Block}: {Reason}")]
    public static partial void TransactionReverted(this ILogger logger, string intent, ulong block, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "The chain took back the transaction for '{Intent}' (nonce {Nonce}); the same bytes are broadcast again")]
    public static partial void TransactionTakenBack(this ILogger logger, string intent, ulong nonce);

    [LoggerMessage(3005, LogLevel.Information, "Changed the fee of '{Intent}' to {MaxFeeWei} wei a gas")]
    public static partial void TransactionFeeChanged(this ILogger logger, string intent, UInt256 maxFeeWei);

    [LoggerMessage(3006, LogLevel.Error, "Nonce {Nonce} of '{Intent}' was used by a transaction that is not in this outbox; give each solver a key of its own")]
    public static partial void TransactionDisplaced(this ILogger logger, string intent, ulong nonce);

    [LoggerMessage(3011, LogLevel.Warning, "Nothing has nonce {Nonce} any more, and '{Intent}' waits behind it: an empty transaction takes it; give each solver a key of its own")]
    public static partial void NonceFilled(this ILogger logger, ulong nonce, string intent);

    [LoggerMessage(3014, LogLevel.Error, "'{Intent}' waits for nonce {Nonce} of {Sender}, and the node counts {Mined} transactions: so many nonces are not filled with empty ones, and nothing from here gets in; name another node if it counts wrongly, or start with an empty store or another key")]
    public static partial void GapTooWide(this ILogger logger, string intent, ulong nonce, Address sender, ulong mined);

    [LoggerMessage(3007, LogLevel.Debug, "Broadcast of '{Intent}' was answered with: {Answer}")]
    public static partial void BroadcastAnswered(this ILogger logger, string intent, string answer);

    [LoggerMessage(3008, LogLevel.Warning, "The fee of '{Intent}' is at {CapGwei} gwei, as much as it is worth or as transactions:maxFeePerGasGwei and transactions:maxCostEther allow, and the transaction is in no block; it waits for gas to become cheaper")]
    public static partial void TransactionAtFeeCap(this ILogger logger, string intent, string capGwei);

    [LoggerMessage(3013, LogLevel.Warning, "Blocks pass over '{Intent}' of {Sender} though its tip of {TipGwei} gwei is several times what they ask, and it offers as much for a unit of gas as it is worth and the account can pay; see whether that has funds, and whether the node or the private relay refuses it")]
    public static partial void TransactionPassedOver(this ILogger logger, string intent, Address sender, string tipGwei);

    [LoggerMessage(3009, LogLevel.Warning, "'{Intent}' does not get in at {CapGwei} gwei a gas, and its nonce {Nonce} is wanted: an empty transaction takes it")]
    public static partial void TransactionWithdrawn(this ILogger logger, string intent, ulong nonce, string capGwei);

    [LoggerMessage(3010, LogLevel.Warning, "The node refuses '{Intent}' of {Sender}, which is tried again: {Answer}")]
    public static partial void BroadcastRefused(this ILogger logger, string intent, Address sender, string answer);

    [LoggerMessage(3015, LogLevel.Warning, "The node refuses '{Intent}' of {Sender} for a cap of its own on what a transaction may cost, and it waits: {Answer}; start the node with --rpc.txfeecap 0 (Besu: --rpc-tx-feecap=0), or set transactions:maxCostEther to no more than its cap")]
    public static partial void BroadcastOverCost(this ILogger logger, string intent, Address sender, string answer);

    [LoggerMessage(7001, LogLevel.Information, "Settles {Count} fills by {Proofs}: {Intent}")]
    public static partial void BatchSent(this ILogger logger, int count, string proofs, string intent);

    [LoggerMessage(7002, LogLevel.Information, "A batch of {Count} fills is refused, so each is tried alone: {Reason}")]
    public static partial void BatchRefused(this ILogger logger, int count, string reason);

    [LoggerMessage(7003, LogLevel.Warning, "A fill between maker {Maker} and taker {Taker} is refused: {Reason}")]
    public static partial void MatchRefused(this ILogger logger, ulong maker, ulong taker, string reason);

    [LoggerMessage(7004, LogLevel.Information, "The chain does not take the attestations for {Count} fills any more, so they are computed: {Reason}")]
    public static partial void AttestedBatchRefused(this ILogger logger, int count, string reason);

    [LoggerMessage(7005, LogLevel.Information, "No transaction holds a batch of {Count} fills, so half of it is tried: {Reason}")]
    public static partial void BatchTooLarge(this ILogger logger, int count, string reason);
}
