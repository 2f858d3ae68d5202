using System.Globalization;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>Walks through a human-readable signature.</summary>
internal ref struct SignatureCursor(string text)
{
    private const int LongestText = 1 << 20;

    private int _at;
    private int _depth;

    /// <summary>Reads a word of letters, digits, _ and $; empty when there is none.</summary>
    public string ReadWord()
    {
        SkipSpace();
        int start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '$'))
        {
            _at++;
        }

        return text[start.._at];
    }

    /// <summary>Reads a word when it is the given one.</summary>
    public bool TryWord(string word)
    {
        int start = _at;
        if (string.Equals(ReadWord(), word, StringComparison.Ordinal))
        {
            return true;
        }

        _at = start;
        return false;
    }

    public bool TryMark(char mark)
    {
        SkipSpace();
        if (_at < text.Length && text[_at] == mark)
        {
            _at++;
            return true;
        }

        return false;
    }

    public void Require(char mark)
    {
        if (!TryMark(mark))
        {
            throw Malformed($"lacks '{mark}'");
        }
    }

    public void RequireEnd()
    {
        SkipSpace();
        if (_at < text.Length)
        {
            throw Malformed("goes on");
        }
    }

    /// <summary>Reads a type with its array suffixes; a tuple may have <c>tuple</c> before it and names in it.</summary>
    public AbiType ReadType()
    {
        if (text.Length > LongestText)
        {
            throw new EthereumFormatException($"A signature of {text.Length} characters was given; at most {LongestText} are read.");
        }

        int start = _at;
        string name = ReadWord();
        if (name is "" or "tuple" && TryMark('('))
        {
            _at--;
            return ReadSuffixes(AbiType.TupleOf(ReadParameters(allowIndexed: false)));
        }

        AbiType? simple = AbiTypeParser.ParseSimple(name);
        if (simple is null)
        {
            _at = start;
            throw Malformed("names no type");
        }

        return ReadSuffixes(simple);
    }

    /// <summary>Reads <c>(type [indexed] [location] [name], …)</c>.</summary>
    public List<AbiParameter> ReadParameters(bool allowIndexed)
    {
        Require('(');
        if (++_depth > AbiTypeParser.DeepestNesting)
        {
            throw Malformed($"nests deeper than {AbiTypeParser.DeepestNesting}");
        }

        var parameters = new List<AbiParameter>();
        while (!TryMark(')'))
        {
            if (parameters.Count > 0)
            {
                Require(',');
            }

            AbiType type = ReadType();
            bool indexed = allowIndexed && TryWord("indexed");
            _ = TryWord("payable") || TryWord("memory") || TryWord("calldata") || TryWord("storage");
            parameters.Add(new AbiParameter(ReadWord(), type, indexed));
        }

        _depth--;
        return parameters;
    }

    /// <summary>Reads array suffixes onto a type.</summary>
    public AbiType ReadSuffixes(AbiType type)
    {
        for (int nesting = 0; TryMark('['); nesting++)
        {
            if (nesting >= AbiTypeParser.DeepestNesting)
            {
                throw Malformed($"nests arrays deeper than {AbiTypeParser.DeepestNesting}");
            }

            string count = ReadWord();
            Require(']');
            if (count.Length == 0)
            {
                type = AbiType.ArrayOf(type);
            }
            else if (int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0)
            {
                type = AbiType.ArrayOf(type, number);
            }
            else
            {
                throw Malformed($"has the array length '{HexData.Quote(count)}'");
            }
        }

        return type;
    }

    public readonly EthereumFormatException Malformed(string what) =>
        new($"The ABI signature '{HexData.Quote(text)}' {what} at character {_at}; write it as in Solidity, for example transfer(address,uint256).");

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }
}
