using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Keeping;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests;

/// <summary>A machine's clock is set: what is to last a while lasts it, whatever the time of day says.</summary>
public sealed class ClockTests : KeeperWorld
{
    private const int TwoHours = 7200;

    [Theory]
    [InlineData(-TwoHours)]
    [InlineData(TwoHours)]
    public void CoolDown_ClockIsSet_LastsAsLong(int seconds)
    {
        var time = new FakeTime();
        var rests = new CoolDowns(TimeSpan.FromSeconds(30), time);
        rests.Add("start account 1");
        time.Set(seconds);
        time.Pass(29);
        Assert.True(rests.Has("start account 1"));
        time.Pass(1);
        Assert.False(rests.Has("start account 1"));
    }

    [Theory]
    [InlineData(-TwoHours)]
    [InlineData(TwoHours)]
    public void ContractRest_ClockIsSet_LastsAsLong(int seconds)
    {
        var time = new FakeTime();
        var rests = new ContractRests(time);
        Address signer = Key.Address;
        rests.Add(signer);
        time.Set(seconds);
        time.Pass(59);
        Assert.Equal(1, rests.SecondsLeft(signer));
        time.Pass(1);
        Assert.Equal(0, rests.SecondsLeft(signer));
        rests.Add(signer);
        Assert.Equal(120, rests.SecondsLeft(signer));
    }

    [Theory]
    [InlineData(-TwoHours)]
    [InlineData(TwoHours)]
    public void Rotation_ClockIsSet_GoesOnForItsShare(int seconds)
    {
        var time = new FakeTime();
        var turns = new Rotation<int>(time);
        int seen = 0;
        foreach (int _ in turns.Of(Enumerable.Range(1, 10), static one => one))
        {
            time.Set(seconds);
            seen++;
            if (seen == 3)
            {
                time.Pass(1);
            }
        }

        Assert.Equal(3, seen);
    }

    /// <summary>The machine that stored it was two hours ahead, or this one was before its clock was set.</summary>
    [Fact]
    public async Task Revert_StoredByAClockThatWasAhead_RestsNothing()
    {
        var ahead = new FakeTime();
        ahead.Set(TwoHours);
        using TransactionManager before = Manager(ahead);
        await before.SubmitAsync(new TransactionIntent("end lot 7", Key.Address, [1]), CancellationToken.None);
        Node.RevertsWhenMined = true;
        await MineAsync(before);

        var time = new FakeTime();
        using TransactionManager now = Manager(time);
        Assert.Equal((1, 0), new Reverts(now, new KeeperOptions(), time).Of("end lot 7"));
        time.Set(TwoHours);
        Assert.Equal((1, 10), new Reverts(now, new KeeperOptions(), time).Of("end lot 7"));
    }
}
