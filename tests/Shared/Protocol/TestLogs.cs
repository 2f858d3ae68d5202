using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Tests.Shared;

/// <summary>Makes logs as a node would report them, from the event's declaration and not from the bindings under test.</summary>
internal static class TestLogs
{
    public static LogEntry Make(Address contract, string declaration, ulong block, params object[] values)
    {
        AbiEvent declared = ContractAbi.FromSignatures(declaration).Events[0];
        var topics = new List<Hash32> { declared.Topic };
        var plainTypes = new List<AbiParameter>();
        var plainValues = new List<object>();
        for (int i = 0; i < values.Length; i++)
        {
            AbiParameter input = declared.Inputs[i];
            if (input.IsIndexed)
            {
                topics.Add(new Hash32(AbiCodec.Encode([new AbiParameter("", input.Type)], values[i])));
            }
            else
            {
                plainTypes.Add(input);
                plainValues.Add(values[i]);
            }
        }

        return new LogEntry { Address = contract, Topics = [.. topics], Data = AbiCodec.Encode(plainTypes, plainValues), BlockNumber = block };
    }
}
