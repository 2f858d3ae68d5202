using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Protocol.Tests.Checkpoints;

public sealed class CheckpointInputsTests
{
    [Fact]
    public void Read_WhatACheckpointEmits_GivesItsValuesAndHash()
    {
        Checkpoint checkpoint = TestCheckpoints.Make(7);
        byte[] head = TestCheckpoints.Head(checkpoint);
        CheckpointInputs inputs = CheckpointInputs.Read(head, TestCheckpoints.Records(checkpoint));
        Assert.Equal(checkpoint, inputs.Checkpoint);
        Assert.Equal(7UL, inputs.Id);
        Assert.Equal(Keccak256.Hash(head), inputs.InputsHash);
        Assert.Equal(TestCheckpoints.Records(checkpoint), inputs.AllRecords);
    }

    [Fact]
    public void RecordsFor_StateAndBalances_BringsOnlyWhatIsTouched()
    {
        Checkpoint checkpoint = TestCheckpoints.Make();
        CheckpointInputs inputs = CheckpointInputs.Read(TestCheckpoints.Head(checkpoint), TestCheckpoints.Records(checkpoint));
        AccountState perpetual = AccountState.Empty with { Positions = [new Position(Instrument.Perpetual(1), 100_000_000, 0)] };

        Assert.Empty(inputs.RecordsFor(AccountState.Empty, [new Balance(0, 5)]));
        Assert.Equal(checkpoint.Underlyings[0].Pack(), inputs.RecordsFor(perpetual, []));
        Assert.Equal(checkpoint.Underlyings[1].Pack(), inputs.RecordsFor(AccountState.Empty, [new Balance(1, 5)]));
        Assert.Equal(inputs.AllRecords, inputs.RecordsFor(perpetual, [new Balance(1, 5)]));
        Assert.Equal(checkpoint.Underlyings[0].Pack(), inputs.RecordsFor(perpetual, [new Balance(2, 5)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128 + 5)]
    public void Read_OneByteOfARecordChanged_IsRefused(int at)
    {
        Checkpoint checkpoint = TestCheckpoints.Make();
        byte[] records = TestCheckpoints.Records(checkpoint);
        records[at] ^= 1;
        Assert.Throws<ProtocolException>(() => CheckpointInputs.Read(TestCheckpoints.Head(checkpoint), records));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(129)]
    public void Read_RecordsCutShort_SaysWhere(int missing)
    {
        Checkpoint checkpoint = TestCheckpoints.Make();
        byte[] records = TestCheckpoints.Records(checkpoint);
        ProtocolException error = Assert.Throws<ProtocolException>(() => CheckpointInputs.Read(TestCheckpoints.Head(checkpoint), records[..^missing]));
        Assert.Contains("end in the middle", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NothingOrNoise_IsRefused()
    {
        Assert.Throws<ProtocolException>(() => CheckpointInputs.Read([], []));
        Assert.Throws<ProtocolException>(() => CheckpointInputs.Read(new byte[63], []));
        Assert.Throws<ProtocolException>(() => CheckpointInputs.Read([.. Enumerable.Repeat((byte)0xff, 64)], []));
    }
}
