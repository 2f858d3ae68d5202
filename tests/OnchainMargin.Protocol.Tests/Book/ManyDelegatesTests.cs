using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Protocol.Tests.Book;

/// <summary>An owner names as many delegates as he pays for, a thousand a block, and every role waits for the index.</summary>
public sealed class ManyDelegatesTests
{
    private const int Delegates = 100_000;

    /// <summary>What an event of one more may allocate: the way to its place in a tree, and not what is there already.</summary>
    private const long MostBytes = 8192;

    private static readonly Address Clearing = TestDeployment.Record.Contracts.Clearinghouse;

    [Fact]
    public void Apply_AHundredThousandDelegatesOfOneAccount_IsLinear()
    {
        var replay = new BookReplay(TestDeployment.Record);
        replay.Apply([TestLogs.Make(Clearing, "event AccountOpened(uint64 indexed account, address indexed owner, bytes32 stateHash)", 1, 1UL, Delegate(0), Keccak256.Hash(AccountState.Empty.Pack()))], 1, default, 0);
        LogEntry form = TestLogs.Make(Clearing, "event DelegateSet(uint64 indexed account, address indexed delegate, uint8 rights, uint40 until)", 2, 1UL, Delegate(1), (byte)1, 100UL);
        LogEntry[] logs = [.. Enumerable.Range(1, Delegates).Select(number => form with { Topics = [form.Topics[0], form.Topics[1], Word(number)] })];

        long before = GC.GetAllocatedBytesForCurrentThread();
        replay.Apply(logs, 2, default, 0);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Delegates * MostBytes);

        BookAccount account = replay.Book.Accounts[1];
        Assert.Equal(Delegates, account.Delegates.Count);
        Assert.True(account.May(Delegate(Delegates), (DelegateRights)1, 100));
        Assert.False(account.May(Delegate(Delegates + 1), (DelegateRights)1, 100));
    }

    private static Hash32 Word(int number) => new([.. new byte[12], .. Delegate(number).ToArray()]);

    /// <summary>In no order, as addresses are.</summary>
    private static Address Delegate(int number) => new(Keccak256.Hash(BitConverter.GetBytes(number)).ToArray().AsSpan(12));
}
