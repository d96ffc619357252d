<#
.SYNOPSIS
Installs xlsig for Excel, for you alone: an environment of its own, the wheel, the add-in. No administrator rights.
.PARAMETER Wheel
The xlsig wheel; the newest beside this script if left out.
.PARAMETER Wheelhouse
A folder with all wheels and their SHA256SUMS, for a computer without the internet.
#>
[CmdletBinding()]
param(
    [string] $Wheel,
    [string] $Wheelhouse,
    [string] $Environment = (Join-Path $env:LOCALAPPDATA 'Programs\xlsig')
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
trap { [Console]::Error.WriteLine($_.Exception.Message); exit 1 }

function Invoke-Checked {
    param([string] $Program, [string[]] $Arguments, [string] $Advice)
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) {
        throw "$Program ended with $LASTEXITCODE. $Advice"
    }
}

function Assert-Checksums {
    param([string] $Folder)
    $listed = Join-Path $Folder 'SHA256SUMS'
    if (-not (Test-Path -LiteralPath $listed)) {
        throw "There is no SHA256SUMS in ${Folder}: get the wheelhouse anew, whole."
    }
    $known = @{}
    foreach ($line in Get-Content -LiteralPath $listed) {
        $hash, $name = $line -split '\s+\*?', 2
        if ($name) { $known[$name.Trim()] = $hash }
    }
    foreach ($name in $known.Keys) {
        if (-not (Test-Path -LiteralPath (Join-Path $Folder $name))) {
            throw "$name is listed in SHA256SUMS and is not there: get the wheelhouse anew, whole."
        }
    }
    foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter '*.whl') {
        $actual = (Get-FileHash -LiteralPath $file.FullName -Algorithm SHA256).Hash
        if ($known[$file.Name] -ne $actual) {
            throw "$($file.Name) is not the file that SHA256SUMS lists: get the wheelhouse anew."
        }
    }
}

if ($Wheelhouse) { Assert-Checksums -Folder $Wheelhouse }

if (-not $Wheel) {
    $searched = if ($Wheelhouse) { $Wheelhouse } else { $PSScriptRoot }
    $newest = Get-ChildItem -LiteralPath $searched -Filter 'xlsig-*.whl' | Sort-Object -Property LastWriteTime | Select-Object -Last 1
    if (-not $newest) { throw "There is no xlsig wheel in ${searched}: name one with -Wheel." }
    $Wheel = $newest.FullName
}

if (-not (Get-Command -Name 'py' -ErrorAction SilentlyContinue)) {
    throw 'The Python launcher (py) is not there: install Python 3.11 or newer from python.org, not from the Microsoft Store.'
}

$python = Join-Path $Environment 'Scripts\python.exe'
if (-not (Test-Path -LiteralPath $python)) {
    $recent = @('-3', '-c', 'import sys; sys.exit(sys.version_info < (3, 11))')
    Invoke-Checked -Program 'py' -Arguments $recent -Advice 'xlsig needs Python 3.11 or newer: install it from python.org.'
    Invoke-Checked -Program 'py' -Arguments @('-3', '-m', 'venv', $Environment) -Advice 'The environment could not be made.'
    Set-Content -LiteralPath (Join-Path $Environment 'made-by-xlsig.txt') -Value 'uninstall.ps1 removes this folder.'
}

$pip = @('-m', 'pip', 'install', '--disable-pip-version-check', '--upgrade')
if ($Wheelhouse) { $pip += @('--no-index', '--find-links', $Wheelhouse) }
Invoke-Checked -Program $python -Arguments ($pip + $Wheel) -Advice 'Close Excel and try again; without the internet use -Wheelhouse.'

$xlsig = Join-Path $Environment 'Scripts\xlsig.exe'
Invoke-Checked -Program $xlsig -Arguments @('install', '--host', 'excel') -Advice 'The sentence above says what to do.'
Invoke-Checked -Program $xlsig -Arguments @('doctor', '--host', 'excel') -Advice 'Each line that begins with NO says what to do.'
