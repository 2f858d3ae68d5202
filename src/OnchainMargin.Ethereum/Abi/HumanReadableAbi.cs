namespace OnchainMargin.Ethereum.Abi;

/// <summary>Reads declarations as Solidity writes them.</summary>
internal static class HumanReadableAbi
{
    private static readonly string[] Mutabilities = ["pure", "view", "payable", "nonpayable"];
    private static readonly string[] Ignored = ["external", "public", "virtual", "override"];

    public static ContractAbi Read(IReadOnlyList<string> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        var constructor = new AbiFunction("", [], [], "nonpayable");
        var functions = new List<AbiFunction>();
        var events = new List<AbiEvent>();
        var errors = new List<AbiError>();
        foreach (string signature in signatures)
        {
            var cursor = new SignatureCursor(signature);
            if (cursor.TryWord("event"))
            {
                events.Add(new AbiEvent(ReadName(ref cursor), cursor.ReadParameters(allowIndexed: true), cursor.TryWord("anonymous")));
            }
            else if (cursor.TryWord("error"))
            {
                errors.Add(new AbiError(ReadName(ref cursor), cursor.ReadParameters(allowIndexed: false)));
            }
            else if (cursor.TryWord("constructor"))
            {
                constructor = ReadFunction(ref cursor, "");
            }
            else
            {
                _ = cursor.TryWord("function");
                functions.Add(ReadFunction(ref cursor, ReadName(ref cursor)));
            }

            _ = cursor.TryMark(';');
            cursor.RequireEnd();
        }

        return new ContractAbi(constructor, functions, events, errors);
    }

    private static string ReadName(ref SignatureCursor cursor)
    {
        string name = cursor.ReadWord();
        return name.Length > 0 ? name : throw cursor.Malformed("has no name");
    }

    private static AbiFunction ReadFunction(ref SignatureCursor cursor, string name)
    {
        List<AbiParameter> inputs = cursor.ReadParameters(allowIndexed: false);
        List<AbiParameter> outputs = [];
        string mutability = "nonpayable";
        while (cursor.ReadWord() is { Length: > 0 } word)
        {
            if (word is "returns")
            {
                outputs = cursor.ReadParameters(allowIndexed: false);
            }
            else if (Mutabilities.Contains(word, StringComparer.Ordinal))
            {
                mutability = word;
            }
            else if (!Ignored.Contains(word, StringComparer.Ordinal))
            {
                throw cursor.Malformed($"has the unknown word '{HexData.Quote(word)}'");
            }
        }

        return new AbiFunction(name, inputs, outputs, mutability);
    }
}
